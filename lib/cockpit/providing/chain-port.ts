/** The chain of the session as the engine wants it: it outlives that the session connects anew. */
import type { AiroChain } from '../../chain/airo-chain.ts';
import type { AccountSigner } from '../../chain/signer.ts';
import { deadline } from '../../chain/waiting.ts';
import { chainWithAccount } from '../../consumer/chain.ts';
import type { Account, Heads, MarketReads } from '../../market/chain.ts';
import { ChainUnavailable } from '../../market/errors.ts';
import type { Address, Hex } from '../../market/types.ts';
import type { Chain } from '../../provider/ports.ts';
import type { Followed } from '../chain-session.ts';
import { until } from '../observable.ts';
import type { Observable } from '../types.ts';

/** So long whoever asks waits for a connection, in milliseconds. */
const patienceMs = 10_000;

export interface SessionChainOptions {
  readonly followed: Observable<Followed | null>;
  readonly genesisHash: Hex;
  readonly signer: AccountSigner;
  readonly address: Address;
  /** Told what each transaction of the key has cost. */
  readonly onFee: (fee: bigint) => void;
  readonly signal: AbortSignal;
}

/** The session's chain with the account of a key. */
export function sessionChain(options: SessionChainOptions): Chain {
  const { followed, genesisHash, signer, address, onFee, signal } = options;
  const current = async (): Promise<AiroChain> => {
    const wait = deadline(patienceMs, () => new ChainUnavailable('There is no connection to the chain.'), signal);
    try {
      return (await until(followed, (value) => value !== null, wait.signal)).chain;
    } finally {
      wait.clear();
    }
  };
  const account: Account = {
    address,
    async submit(call, submitOptions) {
      const included = await (await current()).account(signer).submit(call, submitOptions);
      onFee(included.fee);
      return included;
    },
  };
  const reads: MarketReads = {
    rules: async () => (await current()).rules(),
    models: async (page) => (await current()).models(page),
    model: async (id, at) => (await current()).model(id, at),
    modelVersion: async (id, version, at) => (await current()).modelVersion(id, version, at),
    sale: async (model, at) => (await current()).sale(model, at),
    providers: async (page) => (await current()).providers(page),
    provider: async (who, at) => (await current()).provider(who, at),
    offers: async (model, page) => (await current()).offers(model, page),
    orders: async (page) => (await current()).orders(page),
    order: async (id, at) => (await current()).order(id, at),
    agreement: async (id, at) => (await current()).agreement(id, at),
    agreementsOf: async (who, page) => (await current()).agreementsOf(who, page),
    requests: async (agreement, first, limit, at) => (await current()).requests(agreement, first, limit, at),
    record: async (who, role, at) => (await current()).record(who, role, at),
    periods: async (subject, at) => (await current()).periods(subject, at),
    balance: async (who, at) => (await current()).balance(who, at),
  };
  return chainWithAccount({ ...reads, genesisHash, heads: (stop) => headsOf(followed, stop) }, account);
}

/** The heads as the session follows them. A slow listener gets the newest. */
async function* headsOf(followed: Observable<Followed | null>, signal: AbortSignal): AsyncGenerator<Heads> {
  let seen: Heads | null = null;
  while (!signal.aborted) {
    const isNew = (value: Followed | null): value is Followed => value !== null && value.heads !== seen;
    let next: Followed;
    try {
      next = await until(followed, isNew, signal);
    } catch {
      return;
    }
    seen = next.heads;
    yield next.heads;
  }
}
