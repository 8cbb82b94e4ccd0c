import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { cacheFolder, cargoTargetFolder, dataFolder } from './paths.ts';

test('the cache follows AIRO_CACHE, then XDG_CACHE_HOME, then the home folder', () => {
  assert.equal(cacheFolder({ AIRO_CACHE: '/a', XDG_CACHE_HOME: '/x' }), '/a');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/x' }), '/x/airo');
  assert.equal(cacheFolder({}), join(homedir(), '.cache', 'airo'));
});

test('a relative AIRO_CACHE is refused and a relative XDG folder is ignored', () => {
  assert.throws(() => cacheFolder({ AIRO_CACHE: 'a' }), /must be an absolute path/);
  assert.equal(cacheFolder({ XDG_CACHE_HOME: 'x' }), join(homedir(), '.cache', 'airo'));
});

test('what must be kept lies in the data folder, not in the cache', () => {
  assert.equal(dataFolder({ XDG_DATA_HOME: '/d', AIRO_CACHE: '/a' }), '/d/airo');
  assert.equal(dataFolder({}), join(homedir(), '.local', 'share', 'airo'));
});

test("Cargo's own variable decides about its target folder", () => {
  assert.equal(cargoTargetFolder({ CARGO_TARGET_DIR: '/t', AIRO_CACHE: '/a' }), '/t');
  assert.equal(cargoTargetFolder({ AIRO_CACHE: '/a' }), '/a/cargo');
});
