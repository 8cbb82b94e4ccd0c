/** A journal that forgets everything with the process: for tests, and for engines whose owner can keep nothing. */
import type { Decision, Execution, Journal } from './ports.ts';

/** The most decisions, executions, and times of a model's version that are kept. */
const KEPT = { decisions: 2_000, executions: 10_000, timings: 100 };

/** Makes an empty journal. */
export function createMemoryJournal(): Journal {
  const decisions = new Map<string, Decision>();
  const executions = new Map<string, Execution>();
  const timings = new Map<string, number[]>();
  return {
    saveDecision: (decision) =>
      done(() => put(decisions, `${decision.order} ${decision.at}`, decision, KEPT.decisions)),
    decisions: ({ order, limit }) =>
      done(() => newest(decisions, limit, (decision) => order === undefined || decision.order === order)),
    saveExecution: (execution) =>
      done(() => put(executions, `${execution.agreement} ${execution.index}`, execution, KEPT.executions)),
    execution: (agreement, index) => done(() => executions.get(`${agreement} ${index}`) ?? null),
    executions: ({ agreement, stage, limit }) =>
      done(() =>
        newest(
          executions,
          limit,
          (execution) =>
            (agreement === undefined || execution.agreement === agreement) &&
            (stage === undefined || execution.stage === stage),
        ),
      ),
    saveTiming: (model, version, ms) =>
      done(() => {
        const key = `${model} ${version}`;
        timings.set(key, [ms, ...(timings.get(key) ?? [])].slice(0, KEPT.timings));
      }),
    timings: (model, version, limit) => done(() => timings.get(`${model} ${version}`)?.slice(0, limit) ?? []),
  };
}

function done<T>(work: () => T): Promise<T> {
  return Promise.resolve(work());
}

/** Replaces an entry in its place, or adds it as the newest; the oldest go when there are too many. */
function put<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.set(key, structuredClone(value));
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}

function newest<T>(map: ReadonlyMap<string, T>, limit: number, fits: (value: T) => boolean): T[] {
  return [...map.values()].filter(fits).reverse().slice(0, limit);
}
