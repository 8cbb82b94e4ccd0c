import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../lib/paths.ts';
import { checkLicences, refused } from './check.ts';
import type { Dependency } from './dependency.ts';
import { describe, recordedCrates } from './document.ts';
import { cratesOfNotices, noticesOf } from './notices.ts';
import { exceptions, judge } from './policy.ts';
import { cratesIn, licenceIn } from './rust.ts';

const dependency = (changes: Partial<Dependency>): Dependency => ({
  ...{ ecosystem: 'npm', name: 'some', version: '1.0.0', licence: 'MIT', use: 'running' },
  ...changes,
});

test('every dependency may be used, and the document about them is current', async () => {
  const { findings } = await checkLicences(root);
  assert.deepEqual(findings, []);
});

test('where Cargo has downloaded nothing, crates have the licences that the document has', async () => {
  const { findings, notCompared } = await checkLicences(root, { CARGO_HOME: '/nowhere' });
  assert.deepEqual(findings, []);
  assert.ok(notCompared.length > 1_000, `${notCompared.length} crates`);
});

test('a licence that is not on the list is refused by name, and so is none', () => {
  for (const licence of [
    'GPL-3.0-only',
    'AGPL-3.0-or-later',
    'LGPL-2.1-only',
    'none',
    'SEE LICENSE IN x',
    'file:LICENSE',
  ]) {
    const [finding] = refused([dependency({ licence })]);
    assert.match(finding ?? '', /^npm some 1\.0\.0 has the licence .*policy\.ts\.$/, licence);
  }
  assert.deepEqual(refused([dependency({ licence: 'GPL-3.0-only OR ISC' })]), []);
});

test('an exception is for its packages and its licence alone', () => {
  assert.equal(judge(dependency({ name: '@substrate/connect', licence: 'GPL-3.0-only' })).allowed, true);
  assert.equal(judge(dependency({ name: '@substrate/connect', licence: 'AGPL-3.0-only' })).allowed, false);
  assert.equal(judge(dependency({ name: '@substrate/other', licence: 'GPL-3.0-only' })).allowed, false);
  assert.equal(
    judge(dependency({ name: '@substrate/connect', ecosystem: 'Rust', licence: 'GPL-3.0-only' })).allowed,
    false,
  );
});

test('what only tools may use may be no part of what is passed on', () => {
  const crate = dependency({ ecosystem: 'Rust', name: 'polkadot-primitives', licence: 'GPL-3.0-only' });
  assert.equal(judge({ ...crate, use: 'development' }).allowed, true);
  assert.equal(judge({ ...crate, use: 'running' }).allowed, false);
});

test('every exception has a reason', () => {
  for (const { packages, reason } of exceptions) assert.ok(reason.length > 40, packages.join());
});

test('the crates of the node and the runtime are told from those of tools', () => {
  const lock = `version = 4
[[package]]
name = "airo-node"
version = "0.1.0"
dependencies = ["a", "b 2.0.0"]
[[package]]
name = "airo-bencher"
version = "0.1.0"
dependencies = ["b 1.0.0"]
[[package]]
name = "a"
version = "1.0.0"
source = "registry"
[[package]]
name = "b"
version = "1.0.0"
source = "registry"
[[package]]
name = "b"
version = "2.0.0"
source = "registry"
`;
  assert.deepEqual(cratesIn(lock), [
    { name: 'a', version: '1.0.0', use: 'running' },
    { name: 'b', version: '1.0.0', use: 'development' },
    { name: 'b', version: '2.0.0', use: 'running' },
  ]);
});

test("a manifest's licence is read, or the name of the file that has it", () => {
  const manifest = (line: string) =>
    `# Made by Cargo\n[package]\nname = "a"\n${line}\n\n[dependencies.x]\nlicense = "no"\n`;
  assert.equal(licenceIn(manifest('license = "MIT"')), 'MIT');
  assert.equal(licenceIn(manifest('license-file = "LICENSE"')), 'file:LICENSE');
  assert.equal(licenceIn(manifest('authors = ["x"]')), 'none');
  assert.equal(licenceIn(manifest('license = "MIT"').replaceAll('\n', '\r\n')), 'MIT');
  assert.equal(licenceIn(manifest('categories = [\n  "a",\n]\nlicense = "ISC"')), 'ISC');
});

test('what the document says of crates is read from it again', () => {
  const crates = [
    dependency({ ecosystem: 'Rust', name: 'a', licence: 'MIT OR Apache-2.0' }),
    dependency({ ecosystem: 'Rust', name: 'b', licence: 'ISC', use: 'development' }),
  ];
  const document = describe([...crates, dependency({ name: 'c', licence: 'MIT' })]);
  assert.deepEqual(
    recordedCrates(document),
    new Map([
      ['a 1.0.0', 'MIT OR Apache-2.0'],
      ['b 1.0.0', 'ISC'],
    ]),
  );
});

test('the notices have each text once, with the crates that it belongs to', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'airo-licences-'));
  t.after(() => rm(folder, { recursive: true }));
  const files: [string, string, string][] = [
    ['a', 'LICENSE-MIT', 'Copyright A \r\nMIT\r\n'],
    ['b', 'LICENCE', 'Copyright A\nMIT\n'],
    ['b', 'NOTICE', 'B'],
    ['b', 'README.md', 'no notice'],
    ['c', 'lib.rs', ''],
  ];
  for (const [crate, name, text] of files) {
    await mkdir(join(folder, crate), { recursive: true });
    await writeFile(join(folder, crate, name), text);
  }
  const crates = ['a', 'b', 'c'].map((name) => dependency({ ecosystem: 'Rust', name }));
  const notices = await noticesOf(crates, new Map(crates.map(({ name }) => [`${name} 1.0.0`, join(folder, name)])));
  assert.match(notices, /Crate: a 1\.0\.0\nCrate: b 1\.0\.0\n\nCopyright A\nMIT\n/);
  assert.match(notices, /Crate: b 1\.0\.0\n\nB\n/);
  assert.match(notices, /Crate: c 1\.0\.0\n\nThe package has no text of its own; its licence is MIT\./);
  assert.doesNotMatch(notices, /no notice/);
  assert.deepEqual(cratesOfNotices(notices), new Set(['a 1.0.0', 'b 1.0.0', 'c 1.0.0']));
});
