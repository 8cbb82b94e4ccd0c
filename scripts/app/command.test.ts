import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/process.ts';

const app = (...args: readonly string[]) => run(process.execPath, [join(import.meta.dirname, '..', 'app.ts'), ...args]);

test('the help names every option', async () => {
  const { code, output } = await app('--help');
  assert.equal(code, 0);
  for (const name of ['port', 'host', 'network', 'chain-spec', 'dx', 'stun', 'tls-cert', 'tls-key', 'build']) {
    assert.match(output, new RegExp(`--${name}\\b`));
  }
});

test('options that do not fit together are refused before anything is built', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'airo-app-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const broken = join(folder, 'network.json');
  await writeFile(broken, '{ "name": ');
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [['--tls-cert', 'cert.pem'], /--tls-cert and --tls-key belong together/],
    [['--network', broken, '--dx', '/ip4/127.0.0.1'], /--dx and --stun are part of what --network says/],
    [['--network', broken], /--network: .*network\.json is not a JSON file/],
    [['--chain-spec', join(folder, 'missing.json')], /--chain-spec: .*missing\.json is not a JSON file.*ENOENT/],
    [['--prot', '1'], /Did you mean --port\?/],
  ];
  for (const [args, message] of refusals) {
    const { code, output } = await app(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(output, message);
  }
});
