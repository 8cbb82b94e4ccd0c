import assert from 'node:assert/strict';
import { test } from 'node:test';

import { root } from '../lib/paths.ts';
import { bundledPackages, packagesBehind, specifiersIn } from './licences.ts';

test('whatever way a package is loaded in, it is found; types are not', () => {
  const source = `'use client';
import Link from 'next/link';
import {
  one,
  type Two,
} from '@scope/one/deep';
import type { Three } from 'only-a-type';
export * from './own.ts';
import 'for-its-effect';
const later = await import('loaded-later');
const worker = new Worker(new URL('../workers/a.ts', import.meta.url), { type: 'module' });
const font = localFont({ src: '../node_modules/@fonts/geist/files/a.woff2' });
`;
  assert.deepEqual(specifiersIn(source), [
    'next/link',
    '@scope/one/deep',
    './own.ts',
    'for-its-effect',
    'loaded-later',
    '../workers/a.ts',
    '../node_modules/@fonts/geist/files/a.woff2',
  ]);
});

test('a package brings those it depends on, each in the version that it gets', () => {
  const lock = {
    '': {},
    'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '^2', c: '^1' } },
    'node_modules/b': { version: '1.0.0', license: 'ISC' },
    'node_modules/a/node_modules/b': { version: '2.0.0', license: 'GPL-3.0-only', dependencies: { c: '^1', a: '^1' } },
    'node_modules/c': { version: '1.0.0' },
    'node_modules/unused': { version: '1.0.0', license: 'MIT' },
    'node_modules/next': { version: '16.0.0', license: 'MIT', dependencies: { unused: '^1' } },
  };
  assert.deepEqual(packagesBehind(lock, new Set(['a', 'next', 'not-installed'])), [
    { name: 'a', version: '1.0.0', licence: 'MIT', folder: 'node_modules/a' },
    { name: 'b', version: '2.0.0', licence: 'GPL-3.0-only', folder: 'node_modules/a/node_modules/b' },
    { name: 'c', version: '1.0.0', licence: 'see the package', folder: 'node_modules/c' },
    { name: 'next', version: '16.0.0', licence: 'MIT', folder: 'node_modules/next' },
  ]);
});

test('every package of the Cockpit has a licence, and those with terms for whoever passes them on are there', async () => {
  const packages = await bundledPackages(root);
  assert.equal(new Set(packages.map(({ name, version }) => `${name} ${version}`)).size, packages.length);
  for (const { name, version, licence } of packages) {
    assert.notEqual(licence, 'see the package', name);
    assert.match(version, /^\d+\.\d+\.\d+/, name);
  }
  const licenceOf = (name: string) => packages.find((bundled) => bundled.name === name)?.licence;
  assert.equal(licenceOf('react'), 'MIT');
  assert.equal(licenceOf('@fontsource-variable/geist'), 'OFL-1.1');
  assert.match(licenceOf('smoldot') ?? '', /^GPL-3\.0-or-later WITH Classpath-exception-2\.0$/);
  assert.equal(licenceOf('typescript'), undefined);
});
