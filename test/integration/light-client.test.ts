import assert from 'node:assert/strict';
import { test } from 'node:test';

import { start } from 'smoldot';

import { withBootNodes } from '../../scripts/chain/specs.ts';
import { afterwards } from '../support/cleanup.ts';
import { firstFinalized } from '../support/follow.ts';
import { connectRpc, startTestNode } from '../support/nodes.ts';

test('a light client in Node follows the chain to a finalized block by WebSocket', async (t) => {
  const node = await startTestNode(t);
  const rpc = await connectRpc(t, node);
  const client = start({
    forbidTcp: true,
    maxLogLevel: 2,
    logCallback: (_, target, text) => t.diagnostic(`${target}: ${text}`),
  });
  afterwards(t, () => client.terminate());

  const chain = await client.addChain({ chainSpec: JSON.stringify(withBootNodes(node.spec, [node.wsAddress])) });
  const seen = await firstFinalized(chain);

  const { number } = await rpc.request<{ number: string }>('chain_getHeader', seen);
  assert.ok(Number(number) > 0);
  assert.equal(await rpc.request<string>('chain_getBlockHash', Number(number)), seen);
});
