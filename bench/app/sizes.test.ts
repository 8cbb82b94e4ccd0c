import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { total, weigh } from './sizes.ts';

test('what a page names is told apart from what is loaded later, as it is sent', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'airo-sizes-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const put = async (path: string, content: string) => writeFile(join(folder, path), content);
  await mkdir(join(folder, 'chunks'));
  await put(
    'index.html',
    '<link rel="stylesheet" href="/chunks/look.css"/><script src="/chunks/first.js" async=""></script>' +
      '<script src="/chunks/old.js" noModule=""></script>',
  );
  await put('chunks/look.css', 'body{}');
  await put('chunks/first.js', 'x'.repeat(5_000));
  await put('chunks/first.js.br', 'x'.repeat(50));
  await put('chunks/old.js', 'old');
  await put('chunks/late.js', 'class KadDHT {}');
  await put('chunks/engine.wasm', 'w'.repeat(100));
  await put('chunks/engine.wasm.br', 'w'.repeat(40));

  const { firstView, styles, lazy } = await weigh(folder);
  assert.deepEqual(firstView, [{ file: 'chunks/first.js', bytes: 50, about: undefined }]);
  assert.deepEqual([total(styles), total(lazy)], [6, 40 + 15 + 3]);
  assert.deepEqual(
    lazy.map(({ file, about }) => [file, about]),
    [
      ['chunks/engine.wasm', undefined],
      ['chunks/late.js', 'libp2p and Bitswap'],
      ['chunks/old.js', undefined],
    ],
  );
});
