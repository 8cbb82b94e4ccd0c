import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { root } from '../../scripts/lib/paths.ts';
import { run, start } from '../../scripts/lib/process.ts';
import { waitFor, within } from '../../scripts/lib/wait.ts';
import { WingmanStartError } from '../../wingman/start.ts';
import { accountFromSecret } from '../../lib/chain/index.ts';
import { isAlive } from '../support/alive.ts';
import { afterwards } from '../support/cleanup.ts';
import { startTestNode } from '../support/nodes.ts';
import { startTestWingman, wingmanFolder } from '../support/wingman.ts';

/** An account that has nothing. */
const poor = '//Nobody//wingman';

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-wingman-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Runs `wingman/main.ts` to its end, without any secret in the environment but what is given. */
async function wingman(t: TestContext, args: readonly string[], given: Record<string, string> = {}) {
  const lines: string[] = [];
  const running = await start(process.execPath, [join(root, 'wingman', 'main.ts'), ...args], {
    cwd: root,
    env: { AIRO_WINGMAN_SECRET: undefined, AIRO_WINGMAN_TOKEN: undefined, ...given },
    onLine: (line) => lines.push(line),
  });
  afterwards(t, () => running.kill());
  const { code } = await within(running.ended, { what: `wingman ${args.join(' ')} to end`, timeoutMs: 60_000 });
  return { code, output: lines.join('\n') };
}

/** Writes a configuration into a folder of its own. */
async function configured(t: TestContext, config: object): Promise<string> {
  const file = join(await folderOf(t), 'wingman.json');
  await writeFile(file, JSON.stringify({ basePath: 'base', api: { port: 0 }, dx: { listen: [] }, ...config }));
  return file;
}

test('npm run wingman explains its options, and refuses what it does not know', async (t) => {
  const help = await run('npm', ['run', '--silent', 'wingman', '--', '--help'], { cwd: root });
  assert.equal(help.code, 0);
  for (const option of ['--config', '--check', '--example', '--reset-settings'])
    assert.ok(help.output.includes(option));
  const wrong = await wingman(t, ['--confg', 'x']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.output, /no option --confg\. Did you mean --config\?/);
  const missing = await wingman(t, []);
  assert.equal(missing.code, 2);
  assert.match(missing.output, /--config is missing/);
});

test('the example configuration passes the check, which prints what is in force', async (t) => {
  const example = await wingman(t, ['--example']);
  assert.equal(example.code, 0);
  const file = join(await folderOf(t), 'wingman.json');
  await writeFile(file, example.output);
  const { code, output } = await wingman(t, ['--config', file, '--check']);
  assert.equal(code, 0);
  const config = JSON.parse(output) as { basePath: string; stake: string };
  assert.equal(config.stake, '100 AIRO');
  assert.ok(config.basePath.startsWith('/'));
});

test('a configuration that is wrong ends it with status 2 and each thing that is wrong', async (t) => {
  const { code, output } = await wingman(t, [
    '--config',
    await configured(t, { modles: [], stake: '5', log: { level: 'x' } }),
  ]);
  assert.equal(code, 2);
  assert.match(output, /There is no "modles"\. Did you mean "models"\?/);
  assert.match(output, /log\.level: /);
});

test('without a secret, with a wrong one, or with one that others can read it ends with status 2', async (t) => {
  const none = await wingman(t, ['--config', await configured(t, {})]);
  assert.deepEqual([none.code, none.output.includes('AIRO_WINGMAN_SECRET')], [2, true]);

  const wrong = await wingman(t, ['--config', await configured(t, {})], { AIRO_WINGMAN_SECRET: 'no phrase at all' });
  assert.equal(wrong.code, 2);
  assert.match(wrong.output, /no secret of an account/);
  assert.doesNotMatch(wrong.output, /no phrase at all/);

  const file = await configured(t, { account: { secretFile: 'secret' } });
  const secret = join(file, '..', 'secret');
  await writeFile(secret, '//Alice');
  await chmod(secret, 0o644);
  const open = await wingman(t, ['--config', file]);
  assert.equal(open.code, 2);
  assert.match(open.output, /chmod 600/);
  assert.doesNotMatch(open.output, /\/\/Alice/);
});

test('an address that others can reach needs a token that was given', async (t) => {
  const secret = { AIRO_WINGMAN_SECRET: poor };
  const file = await configured(t, { api: { host: '0.0.0.0', port: 0 } });
  const { code, output } = await wingman(t, ['--config', file], secret);
  assert.equal(code, 2);
  assert.match(output, /listen on 0\.0\.0\.0, where others can reach it, and no token was given/);
  const weak = await wingman(t, ['--config', file], { ...secret, AIRO_WINGMAN_TOKEN: 'weak' });
  assert.equal(weak.code, 2);
  assert.match(weak.output, /needs 16 characters/);
});

test('a port that is in use is named, and nothing is left behind', async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  afterwards(t, () => other.close());
  const { port } = other.address() as AddressInfo;
  const file = await configured(t, { api: { port } });
  const { code, output } = await wingman(t, ['--config', file], { AIRO_WINGMAN_SECRET: poor });
  assert.equal(code, 1);
  assert.match(output, new RegExp(`cannot listen on 127\\.0\\.0\\.1, port ${port}: another program listens there`));
});

test('a chain that is not there is waited for, with the API up meanwhile; a second one on the base path is refused', async (t) => {
  const basePath = await wingmanFolder(t);
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  const options = {
    config: {
      chain: { urls: [`ws://127.0.0.1:${port}`] },
      dx: { listen: [] },
      autoInitialize: true,
      log: { format: 'text' },
    },
    secret: poor,
    basePath,
  } as const;
  const first = await startTestWingman(t, options);
  const answer = await fetch(`${first.url}/readyz`);
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /the chain at ws:\/\/127\.0\.0\.1|the Dx peer is being started/);
  assert.equal((await first.api<{ state: string }>('GET', '/v1/status')).state, 'connecting');
  for (const name of ['api-token', 'payload-key.json', 'peer-key']) {
    assert.equal((await stat(join(basePath, name))).mode & 0o777, 0o600, name);
  }

  await assert.rejects(
    startTestWingman(t, options),
    (error: unknown) => error instanceof WingmanStartError && error.message.includes('is used by another Wingman'),
  );
  assert.ok(isAlive(first.pid));

  // When the chain comes, it goes on by itself, and says what the account lacks.
  const node = await startTestNode(t, { rpcPort: port });
  assert.equal(node.rpcUrl, `ws://127.0.0.1:${port}`);
  const { address } = (await accountFromSecret(poor)).pair;
  await waitFor(() => first.log().includes(`needs 101 AIRO at ${address}, which has 0 AIRO; send it 101 AIRO`), {
    what: 'the line about the money that is missing',
    timeoutMs: 60_000,
    signal: t.signal,
  });
  await assert.rejects(first.api('POST', '/v1/initialize', {}), /409 .*InsufficientFunds/);
  const { code } = await first.stop();
  assert.equal(code, 0);
  assert.match(first.log(), /Wingman has stopped/);
  assert.ok(!isAlive(first.pid));
  for (const name of await readdir(basePath)) {
    const text = await readFile(join(basePath, name)).catch(() => Buffer.of());
    assert.ok(!text.includes(poor), `the secret is not in ${name}`);
  }
});

test('a base path is of one chain', async (t) => {
  const basePath = await wingmanFolder(t);
  const node = await startTestNode(t);
  const options = {
    config: { chain: { urls: [node.rpcUrl] }, dx: { listen: [] } },
    secret: poor,
    basePath,
  } as const;
  const first = await startTestWingman(t, options);
  await waitFor(async () => (await first.api<{ state: string }>('GET', '/v1/status')).state !== 'connecting', {
    what: 'the chain',
    timeoutMs: 60_000,
    signal: t.signal,
  });
  await first.stop();
  await node.stop();
  const other = await startTestNode(t, { chain: 'airo-local', readyWhen: 'answering' });
  const second = await startTestWingman(t, {
    ...options,
    config: { ...options.config, chain: { urls: [other.rpcUrl] } },
  });
  assert.equal((await second.ended).code, 1);
  assert.match(second.log(), /belongs to the chain with the genesis hash/);
});
