import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { siteSources } from './sources.ts';

async function checkout(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'airo-sources-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const write = async (name: string, content: string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  };
  for (const name of ['next.config.js', 'package-lock.json', 'tsconfig.json', 'app/page.tsx', 'lib/market/a.ts']) {
    await write(name, 'first');
  }
  return { folder, write };
}

test('the site is another when a page, a library, a public file or a package has changed', async (t) => {
  const { folder, write } = await checkout(t);
  const seen = new Set([await siteSources(folder)]);
  for (const name of [
    'app/page.tsx',
    'lib/market/a.ts',
    'public/model.onnx',
    'package-lock.json',
    'components/a.css',
  ]) {
    await write(name, 'second');
    seen.add(await siteSources(folder));
  }
  await write('app/other.tsx', 'second');
  seen.add(await siteSources(folder));
  assert.equal(seen.size, 7);
});

test('the site is the same when only tests, or what runs on Node alone, have changed', async (t) => {
  const { folder, write } = await checkout(t);
  const before = await siteSources(folder);
  for (const name of ['lib/a.test.ts', 'lib/a.node.ts', 'lib/dx/node/peer.ts', 'lib/x/testing/clock.ts', 'docs/a.md']) {
    await write(name, 'new');
  }
  assert.equal(await siteSources(folder), before);
});
