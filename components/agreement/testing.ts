/** Agreements and inferences for the tests of this folder. */
import type { AgreementSummary, InferenceInfo } from '../../lib/cockpit/types.ts';
import { settlement } from '../../lib/consumer/settlement.ts';
import type { Agreement, Role } from '../../lib/market/types.ts';

const key = { scheme: 0, material: { inline: '0x' } } as const;

/** An agreement for ten inferences at 100 each, opened in block 10. */
export function agreement(more: Partial<Agreement> = {}): Agreement {
  return {
    id: 1,
    order: 1,
    model: 0,
    version: 0,
    consumer: '5Consumer',
    sender: null,
    consumerKey: key,
    provider: '5Provider',
    responder: null,
    providerKey: key,
    price: 100n,
    royalty: 10n,
    fee: 1n,
    penalty: 0n,
    reserve: 0n,
    quota: 10,
    maxInFlight: 10,
    responseDeadline: 15,
    openedAt: 10,
    endsAt: 1_000,
    counts: { requested: 0, answered: 0, delivered: 0, consumerFaults: 0, providerFaults: 0, missed: 0 },
    state: { kind: 'active' },
    rating: null,
    ...more,
  };
}

export function summary(role: Role, more: Partial<Agreement> = {}): AgreementSummary {
  const one = agreement(more);
  return { role, agreement: one, settlement: settlement(one), modelName: 'Digits' };
}

/** An inference that was made at 1000 ms and is queued. */
export function inference(more: Partial<InferenceInfo> = {}): InferenceInfo {
  return {
    id: 'i',
    agreement: 1,
    label: 'seven.png',
    createdAtMs: 1_000,
    state: 'working',
    stage: 'queued',
    times: {},
    index: null,
    payload: null,
    thumbnail: null,
    classes: null,
    response: null,
    paid: 0n,
    refunded: 0n,
    block: null,
    explanation: null,
    ...more,
  };
}
