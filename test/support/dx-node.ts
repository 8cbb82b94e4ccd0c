/** Real nodes of the chain as peers of Dx, for a test: on free ports, stopped with the test. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import { z } from 'zod';

import { connectRpc, startTestNode } from './nodes.ts';
import type { NodeDx, NodeOptions } from '../../scripts/chain/node.ts';

/** A node as Dx sees it. */
export interface DxNode extends NodeDx {
  /** JSON-RPC over WebSocket. */
  readonly wsRpcUrl: string;
  stat(): Promise<DxNodeStat>;
  stop(): Promise<void>;
  /** Ends the process at once, as a power cut would. */
  kill(): Promise<void>;
}

const statSchema = z.strictObject({
  peer: z.string(),
  peers: z.int(),
  storers: z.int(),
  keeps: z.boolean(),
  keys: z.int(),
  bytes: z.int(),
  strangerBytes: z.int(),
  addresses: z.array(z.string()),
});

/** What `dx_stat` says. */
export type DxNodeStat = z.infer<typeof statSchema>;

/** Starts a node that makes no blocks, unless it is told to, and stops when the test is over. */
export async function startDxNode(t: TestContext, options: NodeOptions = {}): Promise<DxNode> {
  const node = await startTestNode(t, { validator: 'none', readyWhen: 'answering', ...options });
  assert.ok(node.dx);
  const rpc = await connectRpc(t, node);
  return {
    ...node.dx,
    wsRpcUrl: node.rpcUrl,
    stat: async () => statSchema.parse(await rpc.request('dx_stat')),
    stop: () => node.stop(),
    kill: () => node.kill(),
  };
}

/** The sizes at which something could go wrong: nothing, a byte, a block, a byte more, many blocks. */
export const telling = [0, 1, 1024 ** 2, 1024 ** 2 + 1, 25_000_000] as const;
