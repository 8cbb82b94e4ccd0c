import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { closure, hostSources, runtimeSources, weightSources, workspace } from './sources.ts';

const files: Record<string, string> = {
  'Cargo.toml': `
    [workspace]
    members = ["node", "runtime", "primitives", "pallets/marketplace", "testing"]
    [workspace.dependencies]
    used-by-node = { version = "1" }
    renamed = { package = "used-by-runtime", version = "1" }
    [profile.host]
    opt-level = 1`,
  'Cargo.lock': `
    version = 4
    [[package]]
    name = "airo-node"
    version = "0.1.0"
    dependencies = ["used-by-node"]
    [[package]]
    name = "airo-runtime"
    version = "0.1.0"
    dependencies = ["pallet-marketplace", "used-by-runtime 1.0.0"]
    [[package]]
    name = "pallet-marketplace"
    version = "0.1.0"
    dependencies = ["airo-primitives", "airo-testing"]
    [[package]]
    name = "airo-testing"
    version = "0.1.0"
    dependencies = ["pallet-marketplace", "used-by-tests"]
    [[package]]
    name = "used-by-tests"
    version = "1.0.0"
    source = "registry"
    checksum = "dd"
    [[package]]
    name = "airo-primitives"
    version = "0.1.0"
    [[package]]
    name = "used-by-node"
    version = "1.0.0"
    source = "registry"
    checksum = "aa"
    [[package]]
    name = "used-by-runtime"
    version = "1.0.0"
    source = "registry"
    checksum = "bb"
    dependencies = ["used-by-runtime 0.9.0"]
    [[package]]
    name = "used-by-runtime"
    version = "0.9.0"
    source = "registry"
    checksum = "cc"`,
  'node/Cargo.toml': '[package]\nname = "airo-node"\n[dependencies]\nused-by-node = { workspace = true }',
  'node/src/main.rs': 'fn main() {}',
  'runtime/Cargo.toml': '[package]\nname = "airo-runtime"\n[dependencies]\nrenamed = { workspace = true }\npallet-marketplace = { path = "../pallets/marketplace" }',
  'runtime/src/lib.rs': '// runtime',
  'primitives/Cargo.toml': '[package]\nname = "airo-primitives"',
  'primitives/src/lib.rs': '// primitives',
  'pallets/marketplace/Cargo.toml': `
    [package]
    name = "pallet-marketplace"
    [dependencies]
    airo-primitives = { path = "../../primitives" }
    [dev-dependencies]
    airo-testing = { path = "../../testing" }`,
  'testing/Cargo.toml': '[package]\nname = "airo-testing"',
  'testing/src/lib.rs': '// testing',
  'pallets/marketplace/src/lib.rs': '// pallet',
  'pallets/marketplace/src/weights.rs': '// weights',
  'pallets/marketplace/src/benchmarking.rs': '// benchmarks',
  'pallets/marketplace/src/mock.rs': '// mock',
  'pallets/marketplace/src/tests/orders.rs': '// tests',
};

/** A small workspace of the same shape as the real one. */
function exampleWorkspace(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'airo-sources-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Which of the three hashes an edit changes. */
function changedBy(t: TestContext, path: string, edit: (content: string) => string): string[] {
  const folder = exampleWorkspace(t);
  const hashes = () => ({
    host: hostSources(folder),
    runtime: runtimeSources(folder),
    weights: weightSources('marketplace', folder),
  });
  const before = hashes();
  const file = join(folder, path);
  writeFileSync(file, edit(files[path] === undefined ? '' : readFileSync(file, 'utf8')));
  const after = hashes();
  return (['host', 'runtime', 'weights'] as const).filter((name) => before[name] !== after[name]);
}

const append = (content: string) => `${content}\n// changed`;

test('the host depends on its own files and not on the runtime', (t) => {
  assert.deepEqual(changedBy(t, 'node/src/main.rs', append), ['host']);
  assert.deepEqual(changedBy(t, 'node/src/new.rs', append), ['host']);
  assert.deepEqual(changedBy(t, 'runtime/src/lib.rs', append), ['runtime']);
});

test('the runtime depends on the pallets and on the primitives, and weights on those they measure', (t) => {
  assert.deepEqual(changedBy(t, 'pallets/marketplace/src/lib.rs', append), ['runtime', 'weights']);
  assert.deepEqual(changedBy(t, 'primitives/src/lib.rs', append), ['runtime', 'weights']);
});

test('new weights change the runtime but need not be measured again', (t) => {
  assert.deepEqual(changedBy(t, 'pallets/marketplace/src/weights.rs', append), ['runtime']);
});

test('benchmarks concern the weights alone', (t) => {
  assert.deepEqual(changedBy(t, 'pallets/marketplace/src/benchmarking.rs', append), ['weights']);
});

test('tests, mocks and other files concern nothing that is generated', (t) => {
  assert.deepEqual(changedBy(t, 'pallets/marketplace/src/tests/orders.rs', append), []);
  assert.deepEqual(changedBy(t, 'pallets/marketplace/src/mock.rs', append), []);
  assert.deepEqual(changedBy(t, 'pallets/marketplace/README.md', append), []);
  assert.deepEqual(changedBy(t, 'testing/src/lib.rs', append), []);
  assert.deepEqual(
    changedBy(t, 'Cargo.lock', (lock) => lock.replace('"dd"', '"ff"')),
    [],
  );
  const anotherTest = (manifest: string) => `${manifest}\n[[test]]\nname = "other"`;
  assert.deepEqual(changedBy(t, 'pallets/marketplace/Cargo.toml', anotherTest), []);
});

test('another version of a crate concerns what depends on it, directly or not', (t) => {
  assert.deepEqual(
    changedBy(t, 'Cargo.lock', (lock) => lock.replace('"aa"', '"ff"')),
    ['host'],
  );
  assert.deepEqual(
    changedBy(t, 'Cargo.lock', (lock) => lock.replace('"cc"', '"ff"')),
    ['runtime'],
  );
});

test('other features of a crate and another build profile concern what is built with them', (t) => {
  const features = (manifest: string) =>
    manifest.replace('used-by-node = { version = "1" }', 'used-by-node = { version = "1", features = ["x"] }');
  assert.deepEqual(changedBy(t, 'Cargo.toml', features), ['host']);
  assert.deepEqual(
    changedBy(t, 'Cargo.toml', (manifest) => manifest.replace('opt-level = 1', 'opt-level = 2')),
    ['host'],
  );
});

test('the same sources in another folder have the same hash', (t) => {
  const [first, second] = [exampleWorkspace(t), mkdtempSync(join(tmpdir(), 'airo-sources-'))];
  t.after(() => rmSync(second, { recursive: true }));
  cpSync(first, second, { recursive: true });
  assert.equal(hostSources(first), hostSources(second));
});

test('a lock that lacks a package is refused', () => {
  const packages = [{ name: 'a', version: '1.0.0', dependencies: ['b'] }];
  assert.throws(() => closure(packages, 'a'), /no packages "b"/);
  assert.throws(() => closure(packages, 'c'), /no packages "c"/);
});

test('a package that two others need, or that is part of a circle, is listed once', () => {
  const packages = [
    { name: 'a', version: '1.0.0', dependencies: ['b', 'c'] },
    { name: 'b', version: '1.0.0', dependencies: ['c', 'a'] },
    { name: 'c', version: '1.0.0' },
  ];
  assert.deepEqual(
    closure(packages, 'a').map(({ name }) => name),
    ['a', 'b', 'c'],
  );
});

test('the real workspace can be hashed, and its host does not depend on its runtime', () => {
  assert.match(runtimeSources(), /^[0-9a-f]{64}$/);
  assert.notEqual(hostSources(), runtimeSources());
  assert.ok(workspace.endsWith('chain'));
});
