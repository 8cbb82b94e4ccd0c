/** Ports whose user dies in the middle of a call, as a process does that is killed. */
import type { Executor } from '../ports.ts';
import type { Ports } from '../types.ts';

/** When to die: at which call of a port, counted from 1, and whether that call still takes effect. */
export interface Death {
  readonly call: number;
  readonly takesEffect: boolean;
}

export interface Mortal {
  readonly ports: Ports;
  /** How many calls there were. */
  calls(): number;
  isDead(): boolean;
}

/** Nothing comes back to the dead. */
const never = new Promise<never>(() => undefined);

/** Wraps ports so that nothing returns from the fatal call, nor from any that is going on or comes later. */
export function mortal(ports: Ports, death: Death | null): Mortal {
  let calls = 0;
  let dead = false;

  async function live<T>(call: () => Promise<T>): Promise<T> {
    if (isDead()) return never;
    calls += 1;
    if (calls === death?.call) {
      if (death.takesEffect) void call().catch(() => undefined);
      dead = true;
      return never;
    }
    try {
      const value = await call();
      return isDead() ? await never : value;
    } catch (error) {
      if (isDead()) return never;
      throw error;
    }
  }
  // The compiler thinks that what it has seen to be false stays so.
  function isDead(): boolean {
    return dead;
  }

  const { chain, dx, envelopes, models, journal, clock, hook } = ports;
  const wrapped: Ports = {
    chain: {
      ...chain,
      provider: (...args) => live(() => chain.provider(...args)),
      requests: (...args) => live(() => chain.requests(...args)),
      offers: (...args) => live(() => chain.offers(...args)),
      account: {
        address: chain.account.address,
        submit: (...args) => live(() => chain.account.submit(...args)),
      },
      async *heads(signal) {
        for await (const heads of chain.heads(signal)) yield await live(() => Promise.resolve(heads));
      },
    },
    dx: {
      upload: (...args) => live(() => dx.upload(...args)),
      download: (...args) => live(() => dx.download(...args)),
    },
    envelopes: {
      openPayload: (...args) => live(() => envelopes.openPayload(...args)),
      sealResult: (...args) => live(() => envelopes.sealResult(...args)),
    },
    models: {
      prepare: (...args) =>
        live(async (): Promise<Executor> => {
          const executor = await models.prepare(...args);
          return { ...executor, execute: (...inner) => live(() => executor.execute(...inner)) };
        }),
    },
    journal: {
      saveDecision: (...args) => live(() => journal.saveDecision(...args)),
      decisions: (...args) => live(() => journal.decisions(...args)),
      saveExecution: (...args) => live(() => journal.saveExecution(...args)),
      execution: (...args) => live(() => journal.execution(...args)),
      executions: (...args) => live(() => journal.executions(...args)),
      saveTiming: (...args) => live(() => journal.saveTiming(...args)),
      timings: (...args) => live(() => journal.timings(...args)),
    },
    clock: { now: () => clock.now(), sleep: (...args) => (dead ? never : clock.sleep(...args)) },
    hook: (...args) => live(() => hook(...args)),
  };
  return { ports: wrapped, calls: () => calls, isDead };
}
