/** Whether this Wingman can earn now, and what is missing. */
import type { Context } from './context.ts';
import { messageOf } from './errors.ts';
import { within } from '../scripts/lib/wait.ts';

/** Who asks whether it is ready does not wait for long. */
const answerMs = 2_000;

export interface Check {
  readonly check: 'chain' | 'dx' | 'models' | 'registration';
  readonly ok: boolean;
  readonly detail: string;
}

/** One check for each thing without which nothing can be earned. Never throws. */
export async function readiness(context: Context): Promise<Check[]> {
  const connected = context.connected();
  if (connected === null) {
    const detail = context.waitingFor();
    return (['chain', 'dx', 'models', 'registration'] as const).map((check) => ({ check, ok: false, detail }));
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
    await registration(chain, context.provider),
  ];
}

async function registration(
  chain: { provider(account: string): Promise<{ readonly leavesAt: number | null } | null> },
  account: string,
): Promise<Check> {
  const check = 'registration';
  try {
    const provider = await within(chain.provider(account), { what: 'the chain', timeoutMs: answerMs });
    if (provider === null) return { check, ok: false, detail: `${account} is no provider yet; POST /v1/initialize` };
    if (provider.leavesAt !== null) return { check, ok: false, detail: `${account} is leaving the market` };
    return { check, ok: true, detail: account };
  } catch (error) {
    return { check, ok: false, detail: messageOf(error) };
  }
}
