/** How long a development chain takes until it can be used. */
import { startNode } from '../scripts/chain/node.ts';
import { RpcClient } from '../scripts/lib/rpc.ts';
import { Series, type Benchmark } from './measure.ts';

export const chainStart: Benchmark = {
  about: 'a development chain from nothing to its first final block',
  runs: 5,
  run: async (runs, say) => {
    const series = new Series('s');
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      const began = performance.now();
      const elapsed = () => (performance.now() - began) / 1000;
      await using node = await startNode({ readyWhen: 'answering' });
      series.add('JSON-RPC answers', elapsed());
      const rpc = await RpcClient.connect(node.rpcUrl);
      const reached = (subscription: string) =>
        new Promise<number>((resolve, reject) => {
          rpc
            .subscribe<{ number: string }>(subscription, [], ({ number }) => {
              if (Number(number) > 0) resolve(elapsed());
            })
            .catch(reject);
        });
      const [best, final] = [reached('chain_subscribeNewHeads'), reached('chain_subscribeFinalizedHeads')];
      series.add('first block', await best);
      series.add('first final block', await final);
      rpc.close();
    }
    return { measured: series.measured(), remarks: ['The host is already unpacked in the cache. Slots are 2 s.'] };
  },
};
