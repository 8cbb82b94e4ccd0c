import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { withBootNodes } from '../../scripts/chain/specs.ts';
import { openPage } from '../support/browser.ts';
import { connectRpc, startTestNode } from '../support/nodes.ts';
import type {} from './light-client/page.ts';

test('a page follows the chain to a finalized block by WebRTC alone', async (t) => {
  const node = await startTestNode(t);
  const rpc = await connectRpc(t, node);
  const page = await openPage(t, join(import.meta.dirname, 'light-client'), ['page', 'worker']);
  const webSockets: string[] = [];
  page.on('websocket', (socket) => webSockets.push(socket.url()));

  const spec = JSON.stringify(withBootNodes(node.spec, [node.webrtcAddress]));
  const seen = await page.evaluate((chainSpec) => window.followByWebRtc(chainSpec), spec);

  const { number } = await rpc.request<{ number: string }>('chain_getHeader', seen);
  assert.ok(Number(number) > 0);
  assert.equal(await rpc.request<string>('chain_getBlockHash', Number(number)), seen);
  assert.deepEqual(webSockets, []);
});
