import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { accountFromSecret } from '../lib/chain/index.ts';
import { startCommands } from './testing/context.ts';

test('a new account lies in a file for its owner alone, and one that is there is never written over', async (t) => {
  const airo = await startCommands(t, []);
  const folder = await mkdtemp(join(tmpdir(), 'airo-cli-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'me.secret');
  const { out } = await airo.run('account', 'new', file);
  const secret = await readFile(file, 'utf8');
  const { address } = (await accountFromSecret(secret)).pair;
  assert.equal(out, `${address} is a new account. Its secret is in ${file}, readable for you alone.\n`);
  assert.equal(secret.trim().split(' ').length, 12);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await assert.rejects(airo.run('account', 'new', file), { name: 'UsageError', message: /it is there already/ });
  assert.equal(await readFile(file, 'utf8'), secret);
  await airo.run('account', 'new', join(folder, 'other.secret'));
  assert.notEqual(await readFile(join(folder, 'other.secret'), 'utf8'), secret);
});

test('money goes to another account, as much as was said', async (t) => {
  const airo = await startCommands(t, []);
  const submitted: unknown[] = [];
  Object.assign(airo.chain.account, {
    submit: (call: unknown) => {
      submitted.push(call);
      return Promise.resolve({ block: { number: 7, hash: '0x07' }, transaction: '0x01', fee: 3n, events: [] });
    },
  });
  const { out } = await airo.run('transfer', 'somebody', '1.5');
  assert.equal(out, 'somebody has got 1.5 AIRO (in block 7, not final yet).\n');
  assert.deepEqual(submitted, [{ call: 'transfer', to: 'somebody', amount: 1_500_000_000_000n }]);
});

test('the newest order and the newest agreement need no number', async (t) => {
  const airo = await startCommands(t, [{}]);
  await assert.rejects(airo.run('accept', 'last', '--best', '1'), /You have no open order/);
  await assert.rejects(airo.run('end', 'last'), /You have no agreement/);
  const wish = ['--model', '0', '--max-price', '0.0000000001', '--inferences', '1'];
  await airo.run('order', ...wish, '--wait');
  await airo.run('order', ...wish, '--wait');
  assert.match((await airo.run('cancel', 'last')).out, /Order 1 is cancelled/);
  assert.match((await airo.run('accept', 'last', '--best', '1')).out, /Infer: airo infer \d+ FILE/);
  assert.match((await airo.run('end', 'last')).out, /has ended .*0\.\d+ AIRO refunded/);
});

test('the address of a Dx server is the one for the kind of peer that asks', async (t) => {
  const airo = await startCommands(t, []);
  const tail = 'p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN';
  const addresses = [
    `/ip4/127.0.0.1/tcp/30600/${tail}`,
    `/ip4/127.0.0.1/tcp/30601/ws/${tail}`,
    `/ip4/127.0.0.1/udp/30600/webrtc-direct/certhash/uEi1/${tail}`,
  ];
  let result: unknown = { addresses };
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const address = (...options: readonly string[]) => airo.run('dx', 'address', '--dx', url, ...options);
  assert.equal((await address()).out, `${addresses[0]}\n`);
  assert.equal((await address('--kind', 'ws')).out, `${addresses[1]}\n`);
  assert.equal((await address('--kind', 'webrtc')).out, `${addresses[2]}\n`);
  result = { addresses: [] };
  await assert.rejects(address(), /listens at no address, and not by tcp/);
  result = {};
  await assert.rejects(address(), { name: 'DxUnavailable' });
});
