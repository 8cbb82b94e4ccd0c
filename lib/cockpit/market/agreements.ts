/** Agreements, their requests and what became of the money. */
import { whyClosed } from '../../consumer/send.ts';
import { settlement } from '../../consumer/settlement.ts';
import type { MarketReads } from '../../market/chain.ts';
import type { Address, Agreement, Request } from '../../market/types.ts';
import { allAgreementsOf } from '../block-reads.ts';
import type { Definition, Snapshot } from '../queries.ts';
import type { AgreementDetail, AgreementSummary } from '../types.ts';
import { timelineOf } from './timeline.ts';

export function agreement(id: number): Definition<AgreementDetail | null> {
  return {
    key: `agreement/${id}`,
    identity: (detail) => (detail === null ? null : [detail.agreement, detail.requests]),
    read: async (reads, snapshot) => {
      const found = await reads.agreement(id);
      return found === null ? null : detailOf(found, reads, snapshot);
    },
  };
}

export function agreementsOf(account: Address): Definition<readonly AgreementSummary[]> {
  return {
    key: `agreementsOf/${account}`,
    read: async (reads) => {
      const entries = await allAgreementsOf(reads, account);
      entries.sort((a, b) => b.agreement.id - a.agreement.id);
      return Promise.all(
        entries.map(async ({ role, agreement: one }) => ({
          role,
          agreement: one,
          settlement: settlement(one),
          modelName: (await reads.model(one.model))?.newest.description.name ?? null,
        })),
      );
    },
  };
}

async function detailOf(one: Agreement, reads: MarketReads, snapshot: Snapshot): Promise<AgreementDetail> {
  const [model, version, provider, requests] = await Promise.all([
    reads.model(one.model),
    reads.modelVersion(one.model, one.version),
    reads.provider(one.provider),
    requestsOf(one, reads),
  ]);
  const best = snapshot.heads.best.number;
  return {
    ...{ agreement: one, model, version, provider, requests },
    settlement: settlement(one),
    timeline: timelineOf(one, requests, best, snapshot.timeOf),
    closed: whyClosed(one, best),
    left: one.quota - one.counts.requested,
  };
}

/** All requests that the chain still has. */
async function requestsOf({ id, counts }: Agreement, reads: MarketReads): Promise<readonly Request[]> {
  const pages: Promise<readonly Request[]>[] = [];
  for (let first = 0; first < counts.requested; first += 100) pages.push(reads.requests(id, first, 100));
  return (await Promise.all(pages)).flat();
}
