/** Whether this Wingman can earn now, and what is missing. */
import type { Context } from './context.ts';
import { messageOf } from './errors.ts';
import type { MarketReads } from '../lib/market/chain.ts';
import { within } from '../scripts/lib/wait.ts';

/** Who asks whether it is ready does not wait for long. */
const answerMs = 2_000;

export const checkNames = ['chain', 'dx', 'models', 'registration', 'offers'] as const;

export interface Check {
  readonly check: (typeof checkNames)[number];
  readonly ok: boolean;
  readonly detail: string;
}

/** One check for each thing without which nothing can be earned. Never throws. */
export async function readiness(context: Context): Promise<Check[]> {
  const connected = context.connected();
  if (connected === null) {
    const detail = context.waitingFor();
    return checkNames.map((check) => ({ check, ok: false, detail }));
  }
  const { engine, dx, chain } = connected;
  const { connected: reached, heads, models } = engine.status();
  const peers = dx.peers().length;
  const ready = models.filter(({ state }) => state === 'ready').length;
  return [
    {
      check: 'chain',
      ok: reached && heads !== null,
      detail:
        heads === null ? 'no block has been seen yet' : `${reached ? '' : 'lost; last '}block ${heads.best.number}`,
    },
    {
      check: 'dx',
      ok: peers > 0,
      detail: peers > 0 ? `${peers} peers` : 'no peer is connected; check dx.bootstrap',
    },
    {
      check: 'models',
      ok: models.length > 0 && ready === models.length,
      detail: models.length === 0 ? 'no model is configured' : `${ready} of ${models.length} are ready`,
    },
    ...(await onChain(chain, context.provider, models)),
  ];
}

/** What the chain says: that this is a provider, and that it offers what it serves. */
async function onChain(
  chain: Pick<MarketReads, 'provider'>,
  account: string,
  served: readonly { readonly model: number }[],
): Promise<Check[]> {
  const both = (registration: boolean, detail: string): Check[] => [
    { check: 'registration', ok: registration, detail },
    { check: 'offers', ok: false, detail },
  ];
  try {
    const provider = await within(chain.provider(account), { what: 'the chain', timeoutMs: answerMs });
    if (provider === null) return both(false, `${account} is no provider yet; POST /v1/initialize`);
    if (provider.leavesAt !== null) return both(false, `${account} is leaving the market`);
    const missing = served.filter(({ model }) => !provider.models.includes(model)).map(({ model }) => model);
    const detail =
      missing.length === 0
        ? `${served.length} announced`
        : `model ${missing.join(', ')} is not announced yet; that follows when it is ready, or is the wallet's to do`;
    return [
      { check: 'registration', ok: true, detail: account },
      { check: 'offers', ok: missing.length === 0, detail },
    ];
  } catch (error) {
    return both(false, messageOf(error));
  }
}
