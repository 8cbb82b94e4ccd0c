import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { test } from 'node:test';

import { changeableKeys } from '../../wingman/config/schema.ts';
import { referenceDocuments } from './documents.ts';
import { fieldsOf, table, typeOf } from './schema.ts';

for (const { file, text } of referenceDocuments) {
  test(`docs/reference/${basename(file)} is up to date`, async () => {
    const why = 'run: node scripts/setup.mjs scripts/reference.ts --write';
    assert.equal(await readFile(file, 'utf8').catch(() => ''), await text(), why);
  });
}

test('the reference marks what can be changed while Wingman runs, and nothing else', async () => {
  const configuration = referenceDocuments.find(({ file }) => basename(file) === 'configuration.md');
  const [, keysAndMore = ''] = ((await configuration?.text()) ?? '').split('\n## Keys\n');
  const rows = (keysAndMore.split('\n## ')[0] ?? '')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const marked = rows.filter((cells) => cells[4] === 'yes').map(([, name = '']) => name);
  const keys = new Set(marked.map((name) => name.replaceAll('`', '').split(/[.[]/)[0]));
  assert.deepEqual([...keys].sort(), [...changeableKeys].sort());
});

test('what lies deeper is a row of its own, with the names around it', () => {
  const inner = { type: 'object', properties: { price: { type: 'string' } } };
  const schema = {
    properties: {
      api: { type: 'object', properties: { port: { type: 'integer' } }, required: ['port'] },
      bids: { type: 'array', items: inner },
      best: { anyOf: [inner, { type: 'null' }] },
      strategy: { $ref: '#/$defs/Strategy' },
    },
  };
  const found = fieldsOf(schema).map(({ name, required }) => `${name}${required ? '!' : ''}`);
  assert.deepEqual(found, ['api.port!', 'bids', 'bids[].price', 'best.price', 'strategy']);
});

test('what a value can be is said in words', () => {
  const link = (name: string) => `#${name.toLowerCase()}`;
  assert.equal(typeOf({ $ref: '#/$defs/Runner' }, link), '[Runner](#runner)');
  assert.equal(typeOf({ enum: ['auto', 'text'] }, link), '`"auto"`, `"text"`');
  assert.equal(typeOf({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, link), 'whole number from 0');
  assert.equal(typeOf({ type: 'number', exclusiveMinimum: 0, maximum: 4 }, link), 'number above 0 to 4');
  assert.equal(
    typeOf({ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, link),
    'list of text or null',
  );
  assert.equal(table(['a', 'b'], [['x|y', '']]), '| a |\n| --- |\n| x\\|y |', 'an empty column is left out');
});
