/** Whether the money adds up: what every account had before and has after, against what the chain says it paid. */
import { xxhashAsHex } from '@polkadot/util-crypto';

import type { Account, MarketReads } from '../../lib/market/chain.ts';
import type { Address } from '../../lib/market/types.ts';
import { RpcClient } from '../lib/rpc.ts';

/** A state of the books: everything that an account has, spendable or on hold, and all money there is. */
export interface Snapshot {
  readonly accounts: ReadonlyMap<Address, bigint>;
  readonly issuance: bigint;
}

/** What was paid, by the agreement's terms and the transactions' receipts. */
export interface Paid {
  readonly consumer: CountingAccount;
  readonly owner: CountingAccount;
  readonly treasury: Address;
  readonly delivered: bigint;
  readonly price: bigint;
  readonly royalty: bigint;
  readonly fee: bigint;
}

/** An account that counts what its transactions cost. */
export interface CountingAccount extends Account {
  /** The transaction fees so far. */
  fees(): bigint;
}

export function countingFees(account: Account): CountingAccount {
  let fees = 0n;
  return {
    address: account.address,
    async submit(call, options) {
      const included = await account.submit(call, options);
      fees += included.fee;
      return included;
    },
    fees: () => fees,
  };
}

/** Reads what accounts have at a block, so that nothing moves in between. */
export async function readBooks(
  chain: MarketReads,
  rpcUrl: string,
  addresses: readonly Address[],
  block: `0x${string}`,
): Promise<Snapshot> {
  const [issuance, balances] = await Promise.all([
    totalIssuance(rpcUrl, block),
    Promise.all(addresses.map((address) => chain.balance(address, block))),
  ]);
  const whole = balances.map(({ free, held }) => held.reduce((sum, { amount }) => sum + amount, free));
  return { accounts: new Map(addresses.map((address, i) => [address, whole[i] ?? 0n])), issuance };
}

/** One check of the books: what must be, and what is. */
export interface Check {
  readonly what: string;
  readonly expected: bigint;
  readonly actual: bigint;
}

/**
 * Checks everything that must add up. Transaction fees are burned, so that what all accounts together lost is what there
 * is less of.
 */
export function checkBooks(before: Snapshot, after: Snapshot, paid: Paid): readonly Check[] {
  const change = (address: Address) => (after.accounts.get(address) ?? 0n) - (before.accounts.get(address) ?? 0n);
  const all = [...after.accounts.keys()].reduce((sum, address) => sum + change(address), 0n);
  const { consumer, owner, treasury, delivered, price, royalty, fee } = paid;
  return [
    {
      what: 'The consumer paid the price of each answer, and its transaction fees',
      expected: -(delivered * price) - consumer.fees(),
      actual: change(consumer.address),
    },
    {
      what: "The model's owner got the royalty of each answer, less its transaction fees",
      expected: delivered * royalty - owner.fees(),
      actual: change(owner.address),
    },
    { what: "The treasury got the market's fee of each answer", expected: delivered * fee, actual: change(treasury) },
    {
      what: 'What all accounts lost together is what was burned as transaction fees',
      expected: after.issuance - before.issuance,
      actual: all,
    },
  ];
}

/** All money there is. */
async function totalIssuance(rpcUrl: string, block: `0x${string}`): Promise<bigint> {
  const key = `${xxhashAsHex('Balances', 128)}${xxhashAsHex('TotalIssuance', 128).slice(2)}`;
  const rpc = await RpcClient.connect(rpcUrl);
  try {
    const value = await rpc.request<`0x${string}`>('state_getStorage', key, block);
    // A SCALE-encoded u128: 16 bytes, the lowest first.
    return BigInt(`0x${Buffer.from(value.slice(2), 'hex').reverse().toString('hex')}`);
  } finally {
    rpc.close();
  }
}
