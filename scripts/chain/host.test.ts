import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { hostExecutable, packHost, readManifest, unpackHost } from './host.ts';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'airo-host-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

async function packed(t: TestContext) {
  const [prebuilt, cache] = [await folder(t), await folder(t)];
  const executable = join(await folder(t), 'airo-node');
  await writeFile(executable, 'an executable, '.repeat(1000));
  const manifest = await packHost(executable, 'hash of the sources', prebuilt);
  return { prebuilt, cache, executable, manifest };
}

test('a packed host is unpacked as it was, and can be executed', async (t) => {
  const { prebuilt, cache, executable, manifest } = await packed(t);
  assert.deepEqual(await readManifest(prebuilt), manifest);
  assert.equal(manifest.sources, 'hash of the sources');
  const unpacked = await unpackHost(prebuilt, cache);
  assert.deepEqual(await readFile(unpacked), await readFile(executable));
  assert.equal((await stat(unpacked)).mode & 0o777, 0o755);
  assert.deepEqual(await readdir(join(cache, 'host')), [`airo-node-${manifest.sha256.slice(0, 16)}`]);
});

test('an unpacked host is used again, and replaced when somebody has changed it', async (t) => {
  const { prebuilt, cache, executable, manifest } = await packed(t);
  const unpacked = await unpackHost(prebuilt, cache);
  const written = (await stat(unpacked)).ino;
  assert.equal((await stat(await unpackHost(prebuilt, cache))).ino, written);
  await writeFile(unpacked, 'something else');
  await unpackHost(prebuilt, cache);
  assert.deepEqual(await readFile(unpacked), await readFile(executable));
  assert.equal(manifest.size, 15_000);
});

test('several processes may unpack at once', async (t) => {
  const { prebuilt, cache } = await packed(t);
  const paths = await Promise.all(Array.from({ length: 5 }, () => unpackHost(prebuilt, cache)));
  assert.equal(new Set(paths).size, 1);
  assert.equal((await readdir(join(cache, 'host'))).length, 1);
});

test('a host that is not the one of the manifest is refused', async (t) => {
  const { prebuilt, cache, manifest } = await packed(t);
  await writeFile(join(prebuilt, 'manifest.json'), JSON.stringify({ ...manifest, sha256: '0'.repeat(64) }));
  await assert.rejects(unpackHost(prebuilt, cache), /is damaged/);
});

test('a missing manifest is explained', async (t) => {
  await assert.rejects(readManifest(await folder(t)), /Make it with: npm run chain:build -- --host/);
});

test('a platform that the prebuilt host is not for is told to build its own', async (t) => {
  const before = process.env.CARGO_TARGET_DIR;
  process.env.CARGO_TARGET_DIR = await folder(t);
  t.after(() => {
    if (before === undefined) delete process.env.CARGO_TARGET_DIR;
    else process.env.CARGO_TARGET_DIR = before;
  });
  await assert.rejects(
    hostExecutable({ os: 'darwin', arch: 'arm64' }),
    /this is darwin on arm64\. Build it from source/,
  );
});
