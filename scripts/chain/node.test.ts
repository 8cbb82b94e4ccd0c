import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { chooseAddresses, claimBasePath, dxOf, NodeStartError, rpcPortIn, startNode } from './node.ts';
import { fingerprint, withBootNodes, type ChainSpec } from './specs.ts';

const spec: ChainSpec = {
  id: 'example',
  name: 'Example',
  chainType: 'Development',
  bootNodes: [],
  properties: {},
  genesis: { raw: { top: { '0x01': '0x02', '0x03': '0x04' } } },
};

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'airo-node-test-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A program in the place of the host: a shell script. */
async function program(t: TestContext, script: string): Promise<string> {
  const file = join(await folder(t), 'host');
  await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

test('the RPC port is read from the log', () => {
  const line = '2026-01-01 00:00:00 Running JSON-RPC server: addr=127.0.0.1:41235,[::1]:38001';
  assert.equal(rpcPortIn(['starting', line]), 41235);
  assert.equal(rpcPortIn(['starting']), undefined);
});

test('the addresses for light clients are chosen once both are there', () => {
  const ws = '/ip4/127.0.0.1/tcp/1234/ws/p2p/12D3Koo';
  const webrtc = '/ip4/127.0.0.1/udp/1234/webrtc-direct/certhash/uEiAB/p2p/12D3Koo';
  assert.equal(chooseAddresses([ws]), undefined);
  assert.equal(chooseAddresses([webrtc]), undefined);
  const plainTcp = '/ip4/127.0.0.1/tcp/1233/p2p/12D3Koo';
  assert.deepEqual(chooseAddresses([plainTcp, webrtc, ws]), {
    wsAddress: ws,
    webrtcAddress: webrtc,
    peerId: '12D3Koo',
  });
});

test('the addresses of Dx are chosen once all are there', () => {
  const tcp = '/ip4/127.0.0.1/tcp/1/p2p/12D3Koo';
  const ws = '/ip4/127.0.0.1/tcp/2/ws/p2p/12D3Koo';
  const webrtc = '/ip4/127.0.0.1/udp/1/webrtc-direct/certhash/uEiAB/p2p/12D3Koo';
  const stat = (...addresses: string[]) => ({ peer: '12D3Koo', addresses });
  assert.equal(dxOf('ws://127.0.0.1:9944', stat(tcp, ws)), undefined);
  assert.equal(dxOf('ws://127.0.0.1:9944', stat(ws, webrtc)), undefined);
  assert.deepEqual(dxOf('ws://127.0.0.1:9944', stat(webrtc, ws, tcp)), {
    peerId: '12D3Koo',
    rpcUrl: 'http://127.0.0.1:9944',
    addresses: [webrtc, ws, tcp],
    tcpAddress: tcp,
    wsAddress: ws,
    webrtcAddress: webrtc,
  });
});

test('a chain is known by its genesis, not by its addresses or by the order of its keys', () => {
  const reordered = { ...spec, genesis: { raw: { top: { '0x03': '0x04', '0x01': '0x02' } } } };
  assert.equal(fingerprint(withBootNodes(reordered, ['/ip4/127.0.0.1/tcp/1/ws'])), fingerprint(spec));
  const other = { ...spec, genesis: { raw: { top: { '0x01': '0x02' } } } };
  assert.notEqual(fingerprint(other), fingerprint(spec));
});

test('a folder that holds a chain is not used for another one', async (t) => {
  const base = await folder(t);
  await claimBasePath(base, spec);
  await claimBasePath(base, withBootNodes(spec, ['/ip4/127.0.0.1/tcp/1/ws']));
  await assert.rejects(claimBasePath(base, { ...spec, id: 'other' }), /holds a chain with another genesis/);
});

test('a host that ends at once is reported with what it wrote, and leaves nothing', async (t) => {
  const before = process.env.TMPDIR;
  const executable = await program(t, 'echo "the reason" >&2; exit 3');
  process.env.TMPDIR = await folder(t);
  t.after(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  await assert.rejects(startNode({ chain: spec, executable }), (error: unknown) => {
    assert.ok(error instanceof NodeStartError);
    assert.match(error.message, /ended with status 3/);
    assert.match(error.message, /\| the reason/);
    return true;
  });
  assert.deepEqual(await readdir(tmpdir()), []);
});

test('a host that never answers is given up at the deadline and stopped', async (t) => {
  const executable = await program(t, 'echo "pid $$"; exec sleep 1000');
  const log: string[] = [];
  const starting = startNode({ chain: spec, executable, timeoutMs: 300, onLog: (line) => log.push(line) });
  await assert.rejects(starting, /in vain for its JSON-RPC server/);
  const pid = Number(log[0]?.slice('pid '.length));
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});
