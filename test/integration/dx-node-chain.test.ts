/** What a node keeps for the sake of its chain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contentIdOf, parseContentId } from '../../lib/dx/content-id.ts';
import { createDxRpcClient } from '../../lib/dx/rpc-client.ts';
import { RpcClient } from '../../scripts/lib/rpc.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { connectApi, developmentAccount, send } from '../support/api.ts';
import { assertSame, createTestPeer, randomData, temporaryFolder } from '../support/dx.ts';
import { AIRO, registerModel } from '../support/market.ts';
import { startTestNode } from '../support/nodes.ts';

test('a node keeps the model that its chain names, over a restart too, and nothing else for long', async (t) => {
  const options = { basePath: await temporaryFolder(t), extraArguments: ['--dx-stranger-seconds', '5'] };
  const node = await startTestNode(t, options);
  assert.ok(node.dx);
  const api = await connectApi(t, node);
  const model = randomData(3_000_000);
  const key = await contentIdOf(model);
  const content = `0x${Buffer.from(parseContentId(key).bytes).toString('hex')}`;
  const until = async (url: string, what: string, isSo: (stat: Record<string, number>) => boolean) => {
    const rpc = await RpcClient.connect(url);
    try {
      const look = async () => isSo(await rpc.request<Record<string, number>>('dx_stat'));
      await waitFor(look, { what, timeoutMs: 60_000, signal: t.signal });
    } finally {
      rpc.close();
    }
  };

  // First it is a stranger's, then the chain names it.
  await createDxRpcClient(node.dx.rpcUrl).upload(model);
  await send(registerModel(api, content, AIRO / 1000n), developmentAccount('bob'));
  await until(node.rpcUrl, 'the model to count as referred to', ({ keys, strangerBytes }) => {
    return keys === 1 && strangerBytes === 0;
  });
  const peer = await createTestPeer(t, { servers: [node.dx.tcpAddress] });
  const { key: other } = await peer.upload(randomData(1_000));
  await until(node.rpcUrl, "the stranger's data to be removed", ({ keys }) => keys === 1);
  await peer.close();
  await api.disconnect();
  await node.stop();

  const again = await startTestNode(t, options);
  assert.ok(again.dx);
  const downloader = await createTestPeer(t, { servers: [again.dx.tcpAddress] });
  assertSame(await downloader.download(key), model);
  await assert.rejects(downloader.download(other, { timeoutMs: 300 }), { name: 'NotFound' });
  await until(again.rpcUrl, 'the model to be there still', ({ keys, strangerBytes }) => {
    return keys === 1 && strangerBytes === 0;
  });
});
