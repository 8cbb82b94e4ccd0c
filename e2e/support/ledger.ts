/** The chain's books, read from a node by `@polkadot/api`: nothing of what the page uses takes part in it. */
import type { ApiPromise } from '@polkadot/api';

import { waitFor } from '../../scripts/lib/wait.ts';

/** A block of which the books are read. */
export interface At {
  readonly number: number;
  readonly hash: string;
}

interface AccountInfo {
  readonly data: { readonly free: number | string; readonly reserved: number | string };
}

/** The newest final block. */
export async function finalBlock(api: ApiPromise): Promise<At> {
  const hash = await api.rpc.chain.getFinalizedHead();
  const { number } = await api.rpc.chain.getHeader(hash);
  return { number: number.toNumber(), hash: hash.toHex() };
}

/** Everything that an account has at a block, free or held. */
export async function wealthAt(api: ApiPromise, address: string, { hash }: At): Promise<bigint> {
  const { query } = await api.at(hash);
  const info = (await query.system?.account?.(address))?.toJSON() as unknown as AccountInfo;
  return BigInt(info.data.free) + BigInt(info.data.reserved);
}

/** What an account has paid for its transactions in the blocks after `from`, up to `to`. */
export async function feesBetween(api: ApiPromise, address: string, from: At, to: At): Promise<bigint> {
  let fees = 0n;
  for (let number = from.number + 1; number <= to.number; number++) {
    const hash = await api.rpc.chain.getBlockHash(number);
    const { query } = await api.at(hash);
    const events = (await query.system?.events?.()) as unknown as Iterable<{
      readonly event: {
        readonly section: string;
        readonly method: string;
        readonly data: readonly { toString(): string }[];
      };
    }>;
    for (const { event } of events) {
      if (event.section !== 'transactionPayment' || event.method !== 'TransactionFeePaid') continue;
      const [who, fee] = event.data;
      if (who?.toString() === address) fees += BigInt(fee?.toString() ?? 0);
    }
  }
  return fees;
}

/** The terms of an agreement, and how many of its inferences are delivered. */
export interface AgreementBooks {
  readonly consumer: string;
  readonly provider: string;
  readonly price: bigint;
  readonly royalty: bigint;
  readonly fee: bigint;
  readonly delivered: bigint;
  readonly missed: bigint;
}

/** An agreement as the chain has it at a block. */
export async function agreementAt(api: ApiPromise, id: number, { hash }: At): Promise<AgreementBooks> {
  const { query } = await api.at(hash);
  const stored = (await query.execution?.agreements?.(id))?.toJSON() as unknown as {
    readonly consumer: string;
    readonly provider: string;
    readonly price: number | string;
    readonly royalty: number | string;
    readonly fee: number | string;
    readonly counts: { readonly delivered: number; readonly missed: number };
  };
  const { consumer, provider, price, royalty, fee, counts } = stored;
  return {
    ...{ consumer, provider, price: BigInt(price), royalty: BigInt(royalty), fee: BigInt(fee) },
    ...{ delivered: BigInt(counts.delivered), missed: BigInt(counts.missed) },
  };
}

/** Waits until a block is final. */
export async function untilFinal(api: ApiPromise, number: number, signal: AbortSignal): Promise<At> {
  return waitFor(
    async () => {
      const at = await finalBlock(api);
      return at.number >= number && at;
    },
    { what: `block ${number} to be final`, timeoutMs: 60_000, everyMs: 200, signal },
  );
}

/** The number of the best block. */
export async function bestNumber(api: ApiPromise): Promise<number> {
  return (await api.rpc.chain.getHeader()).number.toNumber();
}
