import assert from 'node:assert/strict';
import { test } from 'node:test';

import { backupName, parseNewPassphrase, parsePassphrase, repeatProblem } from './passphrase.ts';

test('a new passphrase is taken as it is, from eight characters on', () => {
  assert.equal(parseNewPassphrase(' four words go here '), ' four words go here ');
  assert.throws(() => parseNewPassphrase('1234567'), /at least 8/);
  assert.throws(() => parseNewPassphrase(''), /Choose/);
});

test('an existing passphrase may be of any length: whoever made the backup decided', () => {
  assert.equal(parsePassphrase('x'), 'x');
  assert.throws(() => parsePassphrase(''), /passphrase/);
});

test('typing it again must give the very same', () => {
  assert.equal(repeatProblem('abc', 'abc'), undefined);
  assert.notEqual(repeatProblem('abc', 'abc '), undefined);
});

test('a backup is named by its day', () => {
  assert.equal(backupName(new Date('2026-11-23T23:59:00Z')), 'airo-backup-2026-11-23.airo');
});
