import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contentIdOf } from '../../dx/content-id.ts';
import { NotFound } from '../../dx/errors.ts';
import type { DownloadOptions } from '../../dx/types.ts';
import { ModelFiles, type FileCache } from './model-files.ts';

const bytes = new TextEncoder().encode('the bytes of a model');
const { signal } = new AbortController();

/** A cache in memory, and a Dx that has these bytes. */
async function surroundings() {
  const content = await contentIdOf(bytes);
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const cache: FileCache = {
    read: (name) => Promise.resolve(kept.get(name) ?? null),
    write: (name, data) => Promise.resolve(void kept.set(name, data.slice())),
    remove: (name) => Promise.resolve(void kept.delete(name)),
  };
  const asked: DownloadOptions[] = [];
  const dx = {
    download: (key: string, options: DownloadOptions = {}) => {
      asked.push(options);
      if (key !== content) return Promise.reject(new NotFound('Nobody has it.'));
      options.onProgress?.({ bytes: bytes.length });
      return Promise.resolve(bytes.slice());
    },
  };
  return { content, kept, cache, asked, dx };
}

test('a file is fetched once, with progress, and comes from the cache then', async () => {
  const { content, cache, asked, dx } = await surroundings();
  const files = new ModelFiles(Promise.resolve(cache), dx);
  const progress: number[] = [];
  assert.deepEqual(await files.get(content, bytes.length, signal, (done) => progress.push(done)), bytes);
  assert.deepEqual(progress, [0, bytes.length]);
  assert.equal(asked[0]?.maxBytes, bytes.length);
  assert.deepEqual(await new ModelFiles(Promise.resolve(cache), dx).get(content, bytes.length, signal), bytes);
  assert.equal(asked.length, 1);
});

test('a damaged file is fetched again, and the cache has the right one then', async () => {
  const { content, kept, cache, asked, dx } = await surroundings();
  kept.set(content, new TextEncoder().encode('something else'));
  assert.deepEqual(await new ModelFiles(Promise.resolve(cache), dx).get(content, bytes.length, signal), bytes);
  assert.equal(asked.length, 1);
  assert.deepEqual(kept.get(content), bytes);
});

test('a cache that cannot be read or written is done without', async () => {
  const { content, asked, dx } = await surroundings();
  const broken = () => Promise.reject(new Error('The disk is gone.'));
  const files = new ModelFiles(Promise.resolve({ read: broken, write: broken, remove: broken }), dx);
  assert.deepEqual(await files.get(content, bytes.length, signal), bytes);
  assert.deepEqual(await files.get(content, bytes.length, signal), bytes);
  assert.equal(asked.length, 2);
});

test('a file that cannot be fetched is unavailable, and says why', async () => {
  const { cache, dx } = await surroundings();
  const files = new ModelFiles(Promise.resolve(cache), dx);
  await assert.rejects(files.get('bafkreiunknown', 5, signal), {
    name: 'ModelUnavailable',
    message: /cannot be fetched from Dx: Nobody has it\./,
  });
});

test('who stops waiting gets the reason of that', async () => {
  const { content, cache } = await surroundings();
  const stop = new AbortController();
  const dx = {
    download: () => {
      stop.abort(new Error('enough'));
      return Promise.reject(new Error('aborted'));
    },
  };
  const files = new ModelFiles(Promise.resolve(cache), dx);
  await assert.rejects(files.get(content, 5, stop.signal), { message: 'enough' });
});
