/** A Dx server beside a real chain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contentIdOf, parseContentId } from '../../lib/dx/content-id.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { connectApi, developmentAccount, send } from '../support/api.ts';
import { assertSame, createTestPeer, randomData, startDxServer } from '../support/dx.ts';
import { AIRO, registerModel } from '../support/market.ts';
import { startTestNode } from '../support/nodes.ts';

test('a server keeps the model that the chain names, and nothing else for long', async (t) => {
  const node = await startTestNode(t);
  const server = await startDxServer(t, {
    chain: node.rpcUrl,
    extraArguments: ['--stranger-seconds', '2', '--collect-ms', '100'],
  });
  const api = await connectApi(t, node);
  const model = randomData(3_000_000);
  const key = await contentIdOf(model);
  const content = `0x${Buffer.from(parseContentId(key).bytes).toString('hex')}`;
  await send(registerModel(api, content, AIRO / 1000n), developmentAccount('bob'));

  const peer = await createTestPeer(t, { servers: [server.tcpAddress] });
  const stat = async () => (await (await fetch(`${server.rpcUrl}/healthz`)).json()) as Record<string, number>;
  const until = (what: string, isSo: (stat: Record<string, number>) => boolean) =>
    waitFor(async () => isSo(await stat()), { what, timeoutMs: 60_000, signal: t.signal });
  // What is uploaded before the server has asked the chain again counts as a stranger's until then.
  await peer.upload(model);
  await until('the model to count as referred to', ({ keys, strangerBytes }) => keys === 1 && strangerBytes === 0);
  const { key: other } = await peer.upload(randomData(1_000));
  await until("the stranger's data to be removed", ({ keys }) => keys === 1);
  await peer.close();

  const downloader = await createTestPeer(t, { servers: [server.tcpAddress] });
  assertSame(await downloader.download(key), model);
  await assert.rejects(downloader.download(other, { timeoutMs: 300 }), { name: 'NotFound' });
});
