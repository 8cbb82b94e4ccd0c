import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';

import { createLog } from './log.ts';

function logged(format: 'text' | 'json' | 'auto', level: 'info' | 'warn' = 'info') {
  const output = new PassThrough();
  const log = createLog({ format, level }, output);
  return { log, text: () => String(output.read() ?? '') };
}

test('lines for people have time, level, message and what else there is', () => {
  const { log, text } = logged('text');
  log.info({ order: 3, where: 'here' }, 'a bid');
  log.warn({ err: new RangeError('too far') }, 'trouble');
  const lines = text().split('\n');
  assert.match(lines[0] ?? '', /^\d\d:\d\d:\d\d INFO {2}a bid order=3 where=here$/);
  assert.match(lines[1] ?? '', /^\d\d:\d\d:\d\d WARN {2}trouble RangeError: too far$/);
});

test('where there is no terminal, lines are JSON', () => {
  const { log, text } = logged('auto');
  log.info({ order: 3 }, 'a bid');
  const entry = JSON.parse(text()) as Record<string, unknown>;
  assert.deepEqual([entry.msg, entry.order, entry.level], ['a bid', 3, 30]);
});

test('what is below the level is left out', () => {
  const { log, text } = logged('json', 'warn');
  log.info('nothing');
  assert.equal(text(), '');
});

test('secrets are not written even if somebody logs them', () => {
  const { log, text } = logged('json');
  log.info({ token: 'abc', secret: 'abc', headers: { authorization: 'Bearer abc' } }, 'oops');
  assert.doesNotMatch(text(), /abc/);
});
