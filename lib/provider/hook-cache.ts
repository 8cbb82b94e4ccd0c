/** The prices that an external strategy has named: it is asked again only when something about the order has changed. */
import type { Strategy } from '../market/strategies.ts';
import { toError } from './clock.ts';
import { questionOf, type Situation } from './decide.ts';
import type { Clock } from './ports.ts';
import { within } from './tasks.ts';
import type { HookAnswer, PriceHook } from './types.ts';

/** After a failure the hook is asked again after so many blocks. */
const RETRY_BLOCKS = 5;

const nothing: HookAnswer = { price: null, reason: null };

interface Entry {
  readonly signature: string;
  readonly block: number;
  readonly answer: HookAnswer;
  readonly error: Error | null;
}

/** Asks the hook, and remembers its answers. */
export class HookCache {
  readonly #hook: PriceHook;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #entries = new Map<number, Entry>();

  constructor(hook: PriceHook, clock: Clock, signal: AbortSignal) {
    this.#hook = hook;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** @throws what the hook throws, or {@link TimedOut} */
  async ask(situation: Situation, strategy: Strategy & { kind: 'external' }): Promise<HookAnswer> {
    const { order, block } = situation;
    const known = this.#entries.get(order.id);
    const signature = signatureOf(situation, strategy);
    if (known?.signature === signature && (known.error === null || block < known.block + RETRY_BLOCKS)) {
      if (known.error !== null) throw known.error;
      return known.answer;
    }
    const question = questionOf(situation, strategy);
    try {
      const named = await within(this.#clock, strategy.timeoutMs, this.#signal, 'The external strategy', (signal) =>
        this.#hook(strategy.hook, question, signal),
      );
      const answer = typeof named === 'object' && named !== null ? named : { price: named, reason: null };
      this.#entries.set(order.id, { signature, block, answer, error: null });
      return answer;
    } catch (thrown) {
      const error = toError(thrown);
      this.#entries.set(order.id, { signature, block, answer: nothing, error });
      throw error;
    }
  }

  /** Forgets all orders but these. */
  keep(orders: ReadonlySet<number>): void {
    for (const order of this.#entries.keys()) if (!orders.has(order)) this.#entries.delete(order);
  }
}

/** What an answer depends on. */
function signatureOf({ order }: Situation, strategy: Strategy & { kind: 'external' }): string {
  const bids = order.bids.map((bid) => `${bid.provider} ${bid.price}`);
  return JSON.stringify([bids, strategy.hook, strategy.floor.toString()]);
}
