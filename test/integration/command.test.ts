import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { root } from '../../scripts/lib/paths.ts';
import { run, start } from '../../scripts/lib/process.ts';
import { waitFor, within } from '../../scripts/lib/wait.ts';
import { afterwards } from '../support/cleanup.ts';
import { isAlive } from '../support/alive.ts';
import { descendants } from '../support/processes.ts';

const chain = ['run', '--silent', 'chain', '--'];
const anyPorts = ['--rpc-port', '0', '--p2p-port', '0'];

async function refused(args: string[], message: RegExp): Promise<void> {
  const { code, output } = await run('npm', [...chain, ...args], { cwd: root });
  assert.match(output, message);
  assert.notEqual(code, 0);
}

test('npm knows every setting of .npmrc, and warns of none', async () => {
  const { code, output } = await run('npm', ['config', 'get', 'save-exact'], { cwd: root });
  assert.equal(code, 0, output);
  assert.match(output, /^true$/m);
  assert.doesNotMatch(output, /Unknown project config/);
});

test('npm run chain explains its options', async () => {
  const { code, output } = await run('npm', [...chain, '--help'], { cwd: root });
  assert.equal(code, 0);
  for (const option of ['--rpc-port', '--p2p-port', '--base-path', '--tmp']) assert.ok(output.includes(option));
});

test('npm run chain refuses an unknown option and names the nearest one', () =>
  refused(['--rcp-port', '9944'], /no option --rcp-port\. Did you mean --rpc-port\?/));

test('npm run chain refuses a chain that is to be kept and thrown away', () =>
  refused(['--tmp', '--base-path', '/nowhere'], /--tmp and --base-path exclude each other/));

test('npm run chain refuses one port for two uses', () =>
  refused(['--rpc-port', '4000', '--p2p-port', '4000'], /must differ/));

test('npm run chain says which port is in use and what to do', async (t) => {
  const tcp = createServer();
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  afterwards(t, () => tcp.close());
  const { port } = tcp.address() as AddressInfo;
  const hint = 'Stop that program, or choose another port with';
  await refused(['--rpc-port', `${port}`, '--p2p-port', '0'], new RegExp(`Port ${port} \\(TCP\\).*${hint} --rpc-port`));
  await refused(['--rpc-port', '0', '--p2p-port', `${port}`], new RegExp(`Port ${port} \\(TCP\\).*${hint} --p2p-port`));

  const udp = createSocket('udp4');
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  afterwards(t, () => udp.close());
  const other = udp.address().port;
  await refused(
    ['--rpc-port', '0', '--p2p-port', `${other}`],
    new RegExp(`Port ${other} \\(UDP\\).*${hint} --p2p-port`),
  );
});

test('npm run chain does not mix two chains in one folder', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'airo-command-'));
  afterwards(t, () => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'chain.json'), JSON.stringify({ id: 'other', genesis: '0'.repeat(64) }));
  await refused([...anyPorts, '--base-path', folder], /holds a chain with another genesis.*Use another folder/);
});

/** Starts `npm run chain` and waits until it has shown a finalized block. */
async function runningChain(t: TestContext, args: string[]) {
  const lines: string[] = [];
  const npm = await start('npm', [...chain, ...anyPorts, ...args], { cwd: root, onLine: (line) => lines.push(line) });
  afterwards(t, () => npm.kill());
  await waitFor(() => lines.some((line) => /^block \d+, finalized [1-9]/.test(line)), {
    what: `a finalized block in the output:\n${lines.join('\n')}`,
    timeoutMs: 120_000,
    signal: t.signal,
  });
  const pids = [npm.pid, ...descendants(npm.pid)];
  assert.ok(pids.length >= 3, 'npm, the script and the node run');
  return { npm, lines, pids };
}

test('npm run chain shows where it listens and how far the chain is, and Ctrl-C stops all of it', async (t) => {
  const temporary = process.env.TMPDIR;
  process.env.TMPDIR = await mkdtemp(join(tmpdir(), 'airo-command-'));
  afterwards(t, async () => {
    await rm(process.env.TMPDIR ?? '', { recursive: true, force: true });
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
  });
  const { npm, lines, pids } = await runningChain(t, ['--tmp']);
  const text = lines.join('\n');
  assert.match(text, /JSON-RPC +ws:\/\/127\.0\.0\.1:\d+/);
  assert.match(text, /WebSocket +\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\/12D3/);
  assert.match(text, /WebRTC +\/ip4\/127\.0\.0\.1\/udp\/\d+\/webrtc-direct\/certhash\/u\S+\/p2p\/12D3/);
  await within(npm.stop(), { what: 'npm run chain to end', timeoutMs: 30_000 });
  assert.deepEqual(pids.filter(isAlive), []);
  const left = await readdir(tmpdir());
  assert.deepEqual(
    left.filter((name) => name.startsWith('airo-')),
    [],
  );
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`npm run chain ends with its node when npm alone gets ${signal}`, async (t) => {
    const { npm, pids } = await runningChain(t, ['--tmp']);
    process.kill(npm.pid, signal);
    await within(npm.ended, { what: 'npm run chain to end', timeoutMs: 30_000 });
    await waitFor(() => !pids.some(isAlive), { what: 'all its processes to end', timeoutMs: 30_000 });
  });
}

test('npm run chain fails and shows the log when its node ends by itself', async (t) => {
  const { npm, pids, lines } = await runningChain(t, ['--tmp']);
  const host = pids.at(-1) ?? 0;
  process.kill(host, 'SIGKILL');
  const { code } = await within(npm.ended, { what: 'npm run chain to end', timeoutMs: 30_000 });
  assert.notEqual(code, 0);
  assert.match(lines.join('\n'), /The node ended by itself with status 137/);
});
