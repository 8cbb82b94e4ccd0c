/** Real nodes for a test: started on free ports, stopped with the test, their logs shown when it fails. */
import type { TestContext } from 'node:test';

import { afterwards } from './cleanup.ts';
import { startNode, type ChainNode, type NodeOptions } from '../../scripts/chain/node.ts';
import { RpcClient } from '../../scripts/lib/rpc.ts';
import { waitFor } from '../../scripts/lib/wait.ts';

declare module 'node:test' {
  interface TestContext {
    /** Whether the test has passed, for what runs after it. Node has it since 21.7; its type declarations do not. */
    readonly passed: boolean;
  }
}

/** A chain's height as a node sees it, in blocks. */
export interface Heights {
  readonly best: number;
  readonly finalized: number;
}

/** Starts a node that stops when the test is over. */
export async function startTestNode(t: TestContext, options: NodeOptions = {}): Promise<ChainNode> {
  const node = await startNode({ ...options, signal: t.signal });
  afterwards(t, async () => {
    if (!t.passed) t.diagnostic(`The last lines of the node ${node.peerId}:\n${node.log()}`);
    await node.stop();
  });
  return node;
}

/** Connects to a node's JSON-RPC until the test is over. */
export async function connectRpc(t: TestContext, node: ChainNode): Promise<RpcClient> {
  const rpc = await RpcClient.connect(node.rpcUrl);
  afterwards(t, () => rpc.close());
  return rpc;
}

/** How far the chain is at a node. */
export async function heights(rpc: RpcClient): Promise<Heights> {
  const number = async (hash?: string) => {
    const header = await rpc.request<{ number: string }>('chain_getHeader', ...(hash === undefined ? [] : [hash]));
    return Number(header.number);
  };
  return { finalized: await number(await rpc.request<string>('chain_getFinalizedHead')), best: await number() };
}

/** Waits until a node has finalized a block of at least this height, and returns the height. */
export async function finalizedAt(t: TestContext, rpc: RpcClient, atLeast: number, what: string): Promise<number> {
  return waitFor(
    async () => {
      const { finalized } = await heights(rpc);
      return finalized >= atLeast ? finalized : undefined;
    },
    { what: `${what} (block ${atLeast} to be final)`, timeoutMs: 120_000, everyMs: 200, signal: t.signal },
  );
}
