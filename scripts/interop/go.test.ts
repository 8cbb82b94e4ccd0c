import assert from 'node:assert/strict';
import { test } from 'node:test';

import { goVersion } from './go.ts';

test("Go's version is read from what it says", () => {
  assert.deepEqual(goVersion('go version go1.26.8 linux/amd64'), [1, 26]);
  assert.deepEqual(goVersion('go version go1.19 linux/amd64'), [1, 19]);
  assert.deepEqual(goVersion('go version go1.24rc1 linux/arm64'), [1, 24]);
});

test('what is no version of Go is not taken for one', () => {
  assert.equal(goVersion('go: no such toolchain'), undefined);
});
