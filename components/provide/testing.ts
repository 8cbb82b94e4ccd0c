/** Values for tests. */
import type { ModelCard, ServedModelInfo } from '../../lib/cockpit/types.ts';
import type { Agreement } from '../../lib/market/types.ts';
import type { Decision, Execution } from '../../lib/provider/ports.ts';

interface CardOptions {
  readonly delivered?: number;
  readonly retired?: boolean;
  readonly version?: number;
  readonly royalty?: bigint;
  readonly recentPrice?: bigint | null;
}

/** A model of the market. */
export function cardOf(
  id: number,
  { delivered = 0, retired = false, version = 1, royalty = 0n, recentPrice = null }: CardOptions = {},
): ModelCard {
  return {
    model: {
      ...{ id, owner: '5Owner', royalty, retired, registeredAt: 1, offers: 0 },
      newest: {
        ...{ version, content: `bafy${id}`, size: 1_000, publishedAt: 1 },
        description: {
          ...{ name: `Model ${id}`, licence: 'MIT', inputs: [], outputs: [], image: null, tolerance: 0.001 },
          labels: { kind: 'none' },
        },
      },
    },
    ...{ providers: 0, fastestMs: null, history: [], delivered, recentPrice, sale: null },
  };
}

/** A model that is served here: ready and not announced, unless said otherwise. */
export function servedOf(model: number, changed: Partial<ServedModelInfo> = {}): ServedModelInfo {
  return {
    ...{ model, version: 1, name: `Model ${model}`, state: 'ready', bytes: 1_000, bytesHere: 1_000, timeMs: 10 },
    ...{ backend: { kind: 'wasm', device: '', passedOver: [] }, isAnnounced: false, problem: null },
    ...changed,
  };
}

/** A bid that is in a block, unless said otherwise. */
export function decisionOf(order: number, changed: Partial<Decision> = {}): Decision {
  return {
    ...{ order, at: 1_000, block: 5, action: 'bid', price: 10n, rule: 'strategy', reason: 'The price is right.' },
    ...{ result: 'included', error: null },
    ...changed,
  };
}

/** A request that was just seen, unless said otherwise. */
export function executionOf(index: number, changed: Partial<Execution> = {}): Execution {
  return {
    ...{ agreement: 1, index, payload: 'bafyPayload', stage: 'seen', times: { seen: 1_000 } },
    ...{ output: null, failure: null, reason: null },
    ...changed,
  };
}

/** An agreement in which nothing was asked for yet, unless said otherwise. */
export function agreementOf(id: number, changed: Partial<Agreement> = {}): Agreement {
  const key = { scheme: 0, material: { inline: '0x' } } as const;
  return {
    ...{ id, order: id, model: 0, version: 1, consumer: '5Consumer', sender: null, consumerKey: key },
    ...{ provider: '5Provider', responder: null, providerKey: key, price: 100n, royalty: 10n, fee: 5n, penalty: 0n },
    ...{ reserve: 0n, quota: 10, maxInFlight: 2, responseDeadline: 10, openedAt: 1, endsAt: 100, rating: null },
    counts: { requested: 0, answered: 0, delivered: 0, consumerFaults: 0, providerFaults: 0, missed: 0 },
    state: { kind: 'active' },
    ...changed,
  };
}
