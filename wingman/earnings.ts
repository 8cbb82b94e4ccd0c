/** What a provider has earned, as the chain says. */
import type { MarketReads } from '../lib/market/chain.ts';
import type { Address, Agreement } from '../lib/market/types.ts';

/** The most agreements that are looked at: pages of a hundred. */
const pages = 10;
const perPage = 100;

/** Reads record, aggregates, agreements and balances, all in their newest state. */
export async function earnings(chain: MarketReads, provider: Address, signer: Address) {
  const [record, periods, agreements, own, signers] = await Promise.all([
    chain.record(provider, 'provider'),
    chain.periods({ provider }),
    providedAgreements(chain, provider),
    chain.balance(provider),
    chain.balance(signer),
  ]);
  const perAgreement = agreements.map(({ id, price, royalty, fee, counts: { delivered } }) => ({
    agreement: id,
    delivered,
    price,
    earned: (price - royalty - fee) * BigInt(delivered),
  }));
  return {
    record: record === null ? null : { ...record },
    periods: periods.map((period) => ({ ...period, net: period.volume - period.royalties - period.fees })),
    agreements: perAgreement,
    earned: perAgreement.reduce((sum, { earned }) => sum + earned, 0n),
    balances: { provider: copy(own), signer: copy(signers) },
  };
}

async function providedAgreements(chain: MarketReads, provider: Address): Promise<Agreement[]> {
  const found: Agreement[] = [];
  let after: number | undefined;
  for (let page = 0; page < pages; page++) {
    const entries = await chain.agreementsOf(provider, {
      limit: perPage,
      ...(after === undefined ? {} : { after }),
    });
    found.push(...entries.filter(({ role }) => role === 'provider').map(({ agreement }) => agreement));
    after = entries.at(-1)?.agreement.id;
    if (entries.length < perPage) break;
  }
  return found;
}

const copy = ({ free, held }: Awaited<ReturnType<MarketReads['balance']>>) => ({
  free,
  held: held.map((entry) => ({ ...entry })),
});
