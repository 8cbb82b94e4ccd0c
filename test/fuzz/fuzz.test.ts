import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { corpusFolder, keep, samplesOf } from './corpus.ts';
import { applyEdits, type Edit } from './edits.ts';
import { jsonAfterLength, wholeJson } from './json.ts';
import { Session } from './session.ts';
import { check, runsOf } from './target.ts';
import { targets } from './targets/index.ts';

/** The long runs of `npm run fuzz` have seeds of their own; what they find becomes a sample here. */
const seed = 20_261_123;
const runs = 300;

const session = new Session();
after(() => session[Symbol.asyncDispose]());

for (const target of targets) {
  const { name } = target;
  test(`${name}: its samples are read, and whatever they are changed to is read or refused by name`, async () => {
    const { finding, unreadSamples, read, refused } = await session.run(name, { seed, runs });
    assert.equal(finding?.problem, undefined);
    assert.deepEqual(unreadSamples, []);
    assert.equal(read + refused, runsOf(target, runs));
  });
}

test('every target has samples that it reads, and no folder belongs to none', async () => {
  const folders = (await readdir(corpusFolder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.map(({ name }) => name).sort(), targets.map(({ name }) => name).sort());
  for (const { name } of targets) {
    assert.ok(
      (await samplesOf(name)).some(({ isFinding }) => !isFinding),
      name,
    );
  }
});

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (content: string) => new TextEncoder().encode(content);

test('edits change bytes, numbers and JSON where they are told to', () => {
  const changed = (sample: string, edit: Edit) =>
    text(applyEdits(bytesOf(sample), bytesOf('DONOR'), [edit], wholeJson));
  assert.equal(changed('abc', { kind: 'flip', at: 1, bit: 0 }), 'acc');
  assert.equal(changed('abc', { kind: 'set', at: 5, value: 0x7f }), 'a\u007fc');
  assert.equal(changed('abc', { kind: 'cut', at: 2 }), 'ab');
  assert.equal(changed('abc', { kind: 'remove', at: 0, length: 2 }), 'c');
  assert.equal(changed('abc', { kind: 'repeat', at: 1, length: 1, times: 2 }), 'abbbc');
  assert.equal(changed('abc', { kind: 'splice', at: 1, from: 2, length: 2 }), 'aNObc');
  assert.equal(changed('abc', { kind: 'insert', at: 3, bytes: bytesOf('d') }), 'abcd');
  assert.equal(changed('abcd', { kind: 'number', at: 1, value: 0x4142n, bytes: 2, big: true }), 'aABd');
  assert.equal(changed('abcd', { kind: 'number', at: 1, value: 0x4142n, bytes: 2, big: false }), 'aBAd');
  assert.equal(changed('{"a":[1,2]}', { kind: 'json-replace', node: 2, json: '"x"' }), '{"a":["x",2]}');
  assert.equal(changed('{"a":[1,2]}', { kind: 'json-remove', node: 2 }), '{"a":[2]}');
  assert.equal(changed('{"a":1}', { kind: 'json-rename', node: 1, name: '__proto__' }), '{"__proto__":1}');
  assert.equal(changed('{"a":1,"b":[]}', { kind: 'json-copy', node: 1, from: 2 }), '{"a":[],"b":[]}');
  assert.equal(changed('no JSON', { kind: 'json-remove', node: 0 }), 'no JSON');
});

test('JSON after its length gets a new length', () => {
  const message = Uint8Array.of(9, 2, 0, 0, 0, ...bytesOf('[]'), 7, 7);
  const part = jsonAfterLength(1).split(message);
  assert.deepEqual(part?.value, []);
  assert.deepEqual(part.join([1]), Uint8Array.of(9, 3, 0, 0, 0, ...bytesOf('[1]'), 7, 7));
  assert.equal(jsonAfterLength(1).split(message.subarray(0, 5)), null);
});

test('a reader that breaks, changes its input or refuses in another name is found', async () => {
  const input = bytesOf('x');
  const target = (read: (bytes: Uint8Array) => unknown) => ({ name: 'broken', refusals: ['Refused'], read });
  const refuse = () => {
    throw Object.assign(new Error('no'), { name: 'Refused' });
  };
  assert.equal(await check(target(refuse), input), 'refused');
  await assert.rejects(
    check(
      target(() => (undefined as unknown as { a: object }).a),
      input,
    ),
    /not by TypeError/,
  );
  await assert.rejects(
    check(
      target((bytes) => bytes.fill(0)),
      input,
    ),
    /the input was changed/,
  );
  await assert.rejects(
    check(
      target(() => kept.push(new Uint8Array(80 * 1024 ** 2))),
      input,
    ),
    /were allocated/,
  );
});
const kept: Uint8Array[] = [];

test('what was found is kept under a name of its own, and found again from there', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'airo-fuzz-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = await keep('dx-envelope', bytesOf('found'), folder);
  const samples = await samplesOf('dx-envelope', folder);
  assert.deepEqual(samples, [{ file, bytes: bytesOf('found'), isFinding: true }]);
});

for (const [what, target, problem] of [
  ['an input that never ends', 'hang', /still is/],
  ['an input that takes all memory', 'memory', /heap out of memory/],
  ['an input that ends the process', 'exit', /the process ended with 3/],
] as const) {
  test(`${what} is found, and which one it was`, async () => {
    const program = new URL('testing/broken-reader.ts', import.meta.url);
    await using broken = new Session({ hangMs: 2_000, heapMiB: 64, program });
    const { finding } = await broken.run(target, { seed, runs });
    assert.match(finding?.problem ?? '', problem);
    assert.deepEqual(finding?.bytes, bytesOf(target));
  });
}
