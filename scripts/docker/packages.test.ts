import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { build } from 'esbuild';

import { root } from '../lib/paths.ts';
import { readStages } from './dockerfile.ts';
import { imagePackages, narrow } from './packages.ts';

/** What runs in each image: where processes and worker threads begin. */
const entries: Readonly<Record<string, readonly string[]>> = {
  dx: ['dx/main.ts', 'scripts/docker/health.ts'],
  wingman: ['wingman/main.ts', 'lib/inference/node/onnx-worker.ts', 'scripts/docker/health.ts'],
  cockpit: ['scripts/docker/cockpit.ts', 'scripts/docker/health.ts'],
  airo: ['cli/main.ts', 'lib/chain/light-client-worker.node.ts', 'scripts/docker/setup.ts'],
};

/** The packages that these files and all they import need, and the files. */
async function needs(files: readonly string[]) {
  const { metafile } = await build({
    ...{ absWorkingDir: root, entryPoints: [...files], outdir: '/nowhere', write: false, metafile: true },
    ...{ bundle: true, packages: 'external', platform: 'node', format: 'esm', logLevel: 'error' },
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const packages = imports
    .filter(({ external, path }) => external === true && !path.startsWith('node:'))
    .map(({ path }) => /^(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[0] ?? path);
  return { packages: [...new Set(packages)].sort(), files: Object.keys(metafile.inputs) };
}

for (const [image, files] of Object.entries(entries)) {
  test(`the image ${image} has the packages that its processes import, and no others`, async () => {
    const { packages } = await needs(files);
    assert.deepEqual((await imagePackages(root))[image], packages);
  });

  test(`the image ${image} has the files that its processes import`, async () => {
    const stages = readStages(await readFile(join(root, 'docker', 'Dockerfile'), 'utf8'));
    const copied = stages
      .filter(({ name }) => name === image || name === 'runtime')
      .flatMap(({ instructions }) => instructions)
      .filter(({ keyword, rest }) => keyword === 'COPY' && !rest.startsWith('--from'))
      .flatMap(({ rest }) => rest.split(' ').slice(0, -1));
    const { files: imported } = await needs(files);
    const isCopied = (file: string) => copied.some((path) => file === path || file.startsWith(`${path}/`));
    assert.deepEqual(
      imported.filter((file) => !isCopied(file)),
      [],
    );
  });
}

const lock = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { a: '1', b: '1' }, devDependencies: { d: '1' } },
    'node_modules/a': { dependencies: { c: '2' }, optionalDependencies: { missing: '1' } },
    'node_modules/a/node_modules/c': { dependencies: { e: '1' } },
    'node_modules/b': { peerDependencies: { c: '1' } },
    'node_modules/c': {},
    'node_modules/d': { dev: true, peer: true },
    'node_modules/e': {},
  },
};
const manifest = { name: 'x', dependencies: { a: '1', b: '1' }, overrides: { b: '$b', c: '3' } };

test('a narrowed lock file has what the packages need, as Node finds it', () => {
  const { packages } = narrow(manifest, lock, ['a']).lock as typeof lock;
  assert.deepEqual(Object.keys(packages), ['', 'node_modules/a', 'node_modules/a/node_modules/c', 'node_modules/e']);
  const ofB = narrow(manifest, lock, ['b']).lock as typeof lock;
  assert.deepEqual(Object.keys(ofB.packages), ['', 'node_modules/b', 'node_modules/c']);
});

test('a narrowed manifest depends on these packages only, and its overrides need no others', () => {
  const narrowed = narrow(manifest, lock, ['a']);
  assert.deepEqual(narrowed.manifest, {
    ...{ name: 'x', dependencies: { a: '1' }, devDependencies: {}, overrides: { b: '1', c: '3' } },
  });
  const { packages } = narrowed.lock as typeof lock;
  assert.deepEqual(packages[''], { dependencies: { a: '1' }, devDependencies: {} });
});

test('what the project has for its development alone can be needed by an image', () => {
  const narrowed = narrow({ ...manifest, devDependencies: { d: '1' } }, lock, ['d']);
  const { packages } = narrowed.lock as typeof lock;
  assert.deepEqual(packages['node_modules/d'], { peer: true });
});

test('what is no dependency of the project is refused', () => {
  assert.throws(() => narrow(manifest, lock, ['z']), /z is no dependency of the project/);
});
