/** What the chain says became of a request, brought together with what the engine thinks. */
import type { Agreement, Outcome, Output, Request } from '../market/types.ts';
import { ForeignAnswer } from './errors.ts';
import { aboutOf, newItem, restore, type Item } from './item.ts';
import type { Chain, Execution, Journal } from './ports.ts';
import type { Recorder } from './recorder.ts';
import type { Snapshot } from './snapshot.ts';
import type { Trouble } from './tasks.ts';

/** Notes the outcome of a request that the chain does not wait for any more. */
export function noteOutcome(item: Item, outcome: Outcome, recorder: Recorder, trouble: Trouble): void {
  switch (outcome.state) {
    case 'answered':
    case 'settled':
      if (item.output === null || !isSame(item.output, outcome.output)) {
        foreign(item, 'a result', trouble);
        item.output = outcome.output;
        item.failure = null;
      }
      if (item.stage !== 'answered') recorder.reach(item, 'answered');
      break;
    case 'failed':
      if (item.failure !== outcome.code) {
        foreign(item, `the failure ${outcome.code}`, trouble);
        item.output = null;
        item.failure = outcome.code;
      }
      if (item.stage !== 'failed') recorder.reach(item, 'failed');
      if (item.times.answered === undefined) recorder.mark(item, 'answered');
      break;
    case 'missed':
    case 'pending':
      noteMissed(item, 'No answer was on the chain in time.', recorder);
      break;
  }
}

/** Notes that a request can not be answered any more. */
export function noteMissed(item: Item, reason: string, recorder: Recorder): void {
  if (item.stage === 'missed') return;
  item.reason ??= reason;
  recorder.reach(item, 'missed');
}

function isSame(a: Output, b: Output): boolean {
  return a.content === b.content && a.commitment === b.commitment;
}

/** Only the provider can answer, so somebody else works with its keys: another engine, or a person. */
function foreign(item: Item, what: string, trouble: Trouble): void {
  item.reason = `The chain has ${what} that this engine did not give. Let only one engine work for a provider.`;
  trouble('answering', new ForeignAnswer(item.reason), aboutOf(item));
}

/** An item that goes on from what the journal remembers of the same request. */
export function itemOf(
  agreement: Agreement,
  request: Pick<Request, 'index' | 'payload'>,
  deadlineBlock: number,
  remembered: Execution | null,
): Item {
  const item = newItem(agreement, request.index, request.payload, deadlineBlock);
  // An index can have another request after the chain went back some blocks.
  if (remembered?.payload !== request.payload) return item;
  const { stage, times, output, failure } = remembered;
  if (output === null && failure === null && stage !== 'missed') {
    if (times.seen !== undefined) item.times = { seen: times.seen };
    return item;
  }
  return restore(item, remembered);
}

/**
 * Notes what became of requests whose agreement has ended, or that the engine did not follow to their end.
 *
 * @throws {ChainUnavailable}
 */
export async function noteOutcomes(
  items: readonly Item[],
  chain: Chain,
  { block }: Snapshot,
  recorder: Recorder,
  trouble: Trouble,
): Promise<void> {
  for (const item of items) {
    const [request] = await chain.requests(item.agreement.id, item.index, 1, block.hash);
    if (request?.index === item.index && request.payload === item.payload) {
      noteOutcome(item, request.outcome, recorder, trouble);
    } else if (item.stage !== 'answered' && item.times.answered === undefined) {
      noteMissed(item, 'The agreement has ended, and the chain does not know the request any more.', recorder);
    }
  }
}

/** The most executions of a stage that are looked at after a restart. */
const MOST_REMEMBERED = 1_000;

/**
 * The executions that the journal has as going on, of agreements that are not active any more: what became of them while
 * the engine did not run. Those of active agreements are found with their requests.
 *
 * @throws {ChainUnavailable}
 */
export async function unfinished(journal: Journal, chain: Chain, { agreements, block }: Snapshot): Promise<Item[]> {
  const active = new Set(agreements.map(({ id }) => id));
  const items: Item[] = [];
  const ended = new Map<number, Agreement | null>();
  for (const stage of ['seen', 'downloaded', 'executed', 'uploaded', 'failed'] as const) {
    for (const execution of await journal.executions({ stage, limit: MOST_REMEMBERED })) {
      const { agreement: id, index, payload } = execution;
      if (active.has(id) || execution.times.answered !== undefined) continue;
      const agreement = ended.get(id) ?? (await chain.agreement(id, block.hash));
      ended.set(id, agreement);
      // After its retention nothing can be found out any more.
      if (agreement === null) continue;
      items.push(restore(newItem(agreement, index, payload, 0), execution));
    }
  }
  return items;
}
