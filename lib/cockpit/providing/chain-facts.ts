/** What the chain says of this browser's provider and of its key. */
import type { AiroChain } from '../../chain/airo-chain.ts';
import type { Address, Offer, Provider } from '../../market/types.ts';
import type { OperatorInfo } from '../types.ts';

export interface ChainFacts {
  /** `null` if the account is no provider. */
  readonly provider: Provider | null;
  readonly offers: readonly (Offer & { readonly model: number })[];
  /** What the key of this browser can spend, fees included. */
  readonly free: bigint;
  readonly existentialDeposit: bigint;
  /** What a bid costs. */
  readonly fee: bigint;
  /** What the market asks every provider to stake. */
  readonly minStake: bigint;
}

const PAGE = 100;

/**
 * Reads it at the best block.
 *
 * @throws {ChainUnavailable}
 */
export async function readFacts(chain: AiroChain, account: Address, operator: Address): Promise<ChainFacts> {
  const [provider, { free }, fee, { minStake }] = await Promise.all([
    chain.provider(account),
    chain.balance(operator),
    chain.estimateFee({ call: 'placeBid', order: 0, price: 1n }),
    chain.rules(),
  ]);
  const offers = await readOffers(chain, account, provider?.models ?? []);
  return { provider, offers, free, existentialDeposit: chain.existentialDeposit, fee, minStake };
}

/** A provider's offers for these models. @throws {ChainUnavailable} */
export async function readOffers(
  chain: Pick<AiroChain, 'offers'>,
  account: Address,
  models: readonly number[],
): Promise<readonly (Offer & { readonly model: number })[]> {
  const offers = await Promise.all(
    models.map(async (model) => {
      for (let after: Address | undefined; ;) {
        const page = await chain.offers(model, after === undefined ? { limit: PAGE } : { after, limit: PAGE });
        const own = page.find(({ provider }) => provider === account);
        if (own !== undefined) return [{ ...own, model }];
        after = page.at(-1)?.provider;
        if (page.length < PAGE || after === undefined) return [];
      }
    }),
  );
  return offers.flat();
}

/** The key of this browser as it is shown. */
export function operatorInfo(
  address: Address,
  { provider, free, existentialDeposit, fee }: ChainFacts,
  dearest: bigint,
): OperatorInfo {
  const named = provider?.operator?.account === address ? provider.operator : null;
  const spendable = free > existentialDeposit ? free - existentialDeposit : 0n;
  const each = dearest > fee ? dearest : fee;
  return {
    address,
    bounds: named === null ? null : { floorPrice: named.floorPrice, maxOpen: named.maxOpen },
    free,
    transactionsLeft: each > 0n ? Number(spendable / each) : 0,
  };
}
