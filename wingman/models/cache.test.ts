import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { NotFound, TooLarge } from '../../lib/dx/errors.ts';
import { afterwards } from '../../test/support/cleanup.ts';
import { createLog } from '../../scripts/lib/log.ts';
import { ModelCache, type Downloads } from './cache.ts';

const never = new AbortController().signal;
const log = createLog({ level: 'error', format: 'json' });

/** A Dx that has these contents, and counts how often each was fetched. */
function dxWith(contents: ReadonlyMap<string, Uint8Array>): Downloads & { readonly fetched: string[] } {
  const fetched: string[] = [];
  return {
    fetched,
    download: async (key, { maxBytes, onProgress }) => {
      fetched.push(key);
      const data = contents.get(key);
      if (data === undefined) throw new NotFound('nobody has it');
      if (data.length > maxBytes) throw new TooLarge('too large');
      onProgress({ bytes: data.length, total: data.length });
      return Promise.resolve(data);
    },
  };
}

/** Contents of 1000 bytes each, by their content ids. */
async function contents(count: number): Promise<ReadonlyMap<string, Uint8Array>> {
  const all = Array.from({ length: count }, (_, index) => new Uint8Array(1_000).fill(index + 1));
  return new Map(await Promise.all(all.map(async (data) => [await contentIdOf(data), data] as const)));
}

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-models-'));
  afterwards(t, () => rm(folder, { recursive: true }));
  return folder;
}

const open = (folder: string, dx: Downloads, maxBytes = 1e9) =>
  ModelCache.open({ folder, dx, maxBytes, downloadTimeoutMs: 1_000, log });

test('a model is fetched once, and from then on comes from disk, over restarts too', async (t) => {
  const all = await contents(1);
  const [[key, data] = ['', new Uint8Array()]] = all;
  const folder = await newFolder(t);
  const dx = dxWith(all);
  const cache = await open(folder, dx);
  assert.deepEqual(await cache.get(key, 1_000, never), data);
  assert.deepEqual(new Uint8Array(await cache.get(key, 1_000, never)), data);
  assert.deepEqual(new Uint8Array(await (await open(folder, dx)).get(key, 1_000, never)), data);
  assert.deepEqual(dx.fetched, [key]);
});

test('a damaged file is found out and fetched again', async (t) => {
  const all = await contents(1);
  const [[key, data] = ['', new Uint8Array()]] = all;
  const folder = await newFolder(t);
  const dx = dxWith(all);
  await writeFile(join(folder, `${key}.onnx`), 'damaged');
  const cache = await open(folder, dx);
  assert.deepEqual(new Uint8Array(await cache.get(key, 1_000, never)), data);
  assert.deepEqual(dx.fetched, [key]);
  assert.equal((await stat(join(folder, `${key}.onnx`))).size, 1_000);
});

test('what was used least recently makes room, and never what is in use', async (t) => {
  const all = await contents(3);
  const [first = '', second = '', third = ''] = all.keys();
  const folder = await newFolder(t);
  const cache = await open(folder, dxWith(all), 2_000);
  await cache.get(first, 1_000, never);
  await cache.get(second, 1_000, never);
  const [long, short] = [new Date(1_000), new Date(2_000)];
  await utimes(join(folder, `${first}.onnx`), long, long);
  await utimes(join(folder, `${second}.onnx`), short, short);
  const release = cache.hold(first);
  await cache.get(third, 1_000, never);
  assert.deepEqual(new Set(await readdir(folder)), new Set([`${first}.onnx`, `${third}.onnx`]));
  release();
  await cache.get(second, 1_000, never);
  assert.deepEqual(new Set(await readdir(folder)), new Set([`${second}.onnx`, `${third}.onnx`]));
});

test('what cannot be fetched makes the model unavailable, with the reason, and leaves nothing', async (t) => {
  const all = await contents(1);
  const [key = ''] = all.keys();
  const folder = await newFolder(t);
  const unavailable = (message: RegExp) => ({ name: 'ModelUnavailable', message });
  const cache = await open(folder, dxWith(all));
  await assert.rejects(
    cache.get('bafkreiunknown', 1_000, never),
    unavailable(/cannot be fetched from Dx: nobody has it/),
  );
  await assert.rejects(cache.get(key, 999, never), unavailable(/too large/));
  await assert.rejects(cache.get('../etc/passwd', 1_000, never), unavailable(/is no content id/));
  assert.deepEqual(await readdir(folder), []);
});

test('what a crash has left half written is removed at the start', async (t) => {
  const folder = await newFolder(t);
  await writeFile(join(folder, 'bafkrei.1234.part'), 'half');
  await open(folder, dxWith(new Map()));
  assert.deepEqual(await readdir(folder), []);
});
