/** How many images per second a tab answers, as somebody sees it who buys from it, and what that does to its memory. */
import { infer, type Input } from '../../lib/consumer/index.ts';
import { toNumbers } from '../../lib/inference/tensor.ts';
import type { Agreement } from '../../lib/market/types.ts';
import type { Subject } from '../provider/subject.ts';
import type { ProcessorUse } from '../processor.ts';
import { countTab } from './processors.ts';
import { agree, type TabMarket } from './tab.ts';

/** What was delivered at which time: milliseconds of `performance.now()`. */
interface Progress {
  readonly atMs: number;
  readonly delivered: number;
}

/** The progress of an agreement that is delivered. */
interface Followed {
  /** When the first requests were in a block. */
  readonly requested: number;
  /** The blocks with answers. */
  readonly progress: readonly Progress[];
  readonly processors: ProcessorUse;
}

export interface Throughput {
  /** From the first to the last of these blocks. */
  readonly processors: ProcessorUse;
  /** From the block with the first requests to the block with the last answer. */
  readonly imagesPerSecond: number;
  /** From the block with the first answers to the block with the last, of those that came in between. */
  readonly steadyPerSecond: number;
}

/**
 * Buys so many inferences and checks every answer.
 *
 * @param expected the right output for each of the subject's requests, in their order
 * @param onDelivered is awaited after each block with answers, with their number
 * @throws when an answer is missing or wrong
 */
export async function measureThroughput(
  tab: TabMarket,
  { requests, description }: Subject,
  expected: readonly Float32Array[],
  inferences: number,
  onDelivered: (delivered: number) => Promise<void>,
): Promise<Throughput> {
  const { consumer } = tab;
  const agreement = await agree(tab, inferences);
  const inputs = Array.from({ length: inferences }, (_, index): Input => {
    const request = requests[index % requests.length];
    if (request === undefined) throw new Error('There is nothing to ask for.');
    return { label: String(index), request };
  });
  const following = follow(tab, agreement, onDelivered);
  for await (const result of infer(consumer, agreement.id, inputs)) {
    if (result.state !== 'answered') throw new Error(`Request ${result.label} is ${result.state}.`);
    const wanted = expected[Number(result.label) % requests.length];
    const [output] = result.response.outputs;
    const numbers = output === undefined ? [] : toNumbers(output);
    const isRight =
      wanted?.length === numbers.length &&
      wanted.every((value, i) => Math.abs(value - (numbers[i] ?? NaN)) <= description.tolerance);
    if (!isRight) throw new Error(`The result of request ${result.label} is not that of a direct run of the model.`);
  }
  const { requested, progress, processors } = await following;
  const first = progress[0];
  const last = progress.at(-1);
  if (first === undefined || last === undefined) throw new Error('Nothing was delivered.');
  return {
    processors,
    imagesPerSecond: last.delivered / ((last.atMs - requested) / 1000),
    steadyPerSecond: (last.delivered - first.delivered) / ((last.atMs - first.atMs) / 1000),
  };
}

/** Follows an agreement until all of it is delivered. `onDelivered` hears of all blocks with answers but the last. */
async function follow(
  { market, page }: TabMarket,
  { id, quota }: Agreement,
  onDelivered: (delivered: number) => Promise<void>,
): Promise<Followed> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser of its own.');
  const stop = new AbortController();
  const progress: Progress[] = [];
  let requested: number | null = null;
  let processors: Awaited<ReturnType<typeof countTab>> | null = null;
  try {
    for await (const { best } of market.chain.heads(stop.signal)) {
      const atMs = performance.now();
      const counts = (await market.chain.agreement(id, best.hash))?.counts;
      if (counts === undefined) throw new Error('The agreement was removed before all of it was answered.');
      if (counts.requested > 0) requested ??= atMs;
      const delivered = counts.answered + counts.delivered;
      if (delivered > (progress.at(-1)?.delivered ?? 0)) {
        progress.push({ atMs, delivered });
        processors ??= await countTab(browser, market);
        if (delivered === quota) {
          const counted = delivered - (progress[0]?.delivered ?? 0);
          return { requested: requested ?? atMs, progress, processors: await processors(counted) };
        }
        await onDelivered(delivered);
      }
    }
  } finally {
    stop.abort();
  }
  throw new Error('The chain told of no further block.');
}
