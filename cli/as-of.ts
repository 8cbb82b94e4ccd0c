import type { Context, ReadChain } from './command.ts';

/** Which state is shown: that of the best block, of which what is younger than the final one can still be replaced. */
export interface AsOf {
  readonly block: number;
  readonly finalBlock: number;
}

/** The blocks at which the chain is now. */
export async function asOf({ signal }: Pick<Context, 'signal'>, chain: ReadChain): Promise<AsOf> {
  for await (const { best, finalized } of chain.heads(signal)) {
    return { block: best.number, finalBlock: finalized.number };
  }
  throw new Error('The chain tells nothing about its blocks.');
}

/** The same for people. */
export function describeAsOf({ block, finalBlock }: AsOf): string {
  return `As of block ${block}; what is younger than block ${finalBlock} is not final yet.`;
}
