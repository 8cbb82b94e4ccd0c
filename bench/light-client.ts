/** How long a light client takes from nothing to a finalized block that it has verified. */
import { start } from 'smoldot';

import { startNode } from '../scripts/chain/node.ts';
import { withBootNodes } from '../scripts/chain/specs.ts';
import { RpcClient } from '../scripts/lib/rpc.ts';
import { waitFor } from '../scripts/lib/wait.ts';
import { firstFinalized } from '../test/support/follow.ts';
import { Series, type Benchmark } from './measure.ts';

export const lightClient: Benchmark = {
  about: 'a light client in Node, by WebSocket, from nothing to a verified finalized block',
  runs: 5,
  run: async (runs, say) => {
    await using node = await startNode();
    const rpc = await RpcClient.connect(node.rpcUrl);
    const finalized = async () => {
      const hash = await rpc.request<string>('chain_getFinalizedHead');
      return Number((await rpc.request<{ number: string }>('chain_getHeader', hash)).number) > 0;
    };
    await waitFor(finalized, { what: 'a final block', timeoutMs: 120_000 });
    rpc.close();
    const chainSpec = JSON.stringify(withBootNodes(node.spec, [node.wsAddress]));
    const series = new Series('s');
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      const began = performance.now();
      const client = start({ forbidTcp: true, maxLogLevel: 1 });
      await firstFinalized(await client.addChain({ chainSpec }));
      series.add('first finalized block', (performance.now() - began) / 1000);
      await client.terminate();
    }
    return { measured: series.measured(), remarks: ['Cold: no database, one node to ask, on the same machine.'] };
  },
};
