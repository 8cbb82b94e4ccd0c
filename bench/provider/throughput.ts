/** How many images per second go through a Wingman. */
import { forget, resume, type Ports } from '../../lib/consumer/index.ts';
import { frame } from '../../lib/inference/message.ts';
import { encodeRequest } from '../../lib/inference/open-inference.ts';
import { toNumbers } from '../../lib/inference/tensor.ts';
import type { Agreement, ContentId } from '../../lib/market/types.ts';
import type { ExecutionView } from '../../wingman/routes/views.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import type { WingmanProcess } from '../../wingman/start.ts';
import { Limit } from '../../lib/consumer/concurrency.ts';
import { startCounting } from '../processor.ts';
import { agree, type ProviderMarket } from './market.ts';
import type { Subject } from './subject.ts';

export interface Throughput {
  /** From the block with the requests to the block with the last answer. */
  readonly imagesPerSecond: number;
  /** From the first uploaded result to the last. */
  readonly uploadsPerSecond: number;
  /** The processor time per image by who used it, in milliseconds. */
  readonly processorMs: ReadonlyMap<string, number>;
  /** How many of the processors were in use. */
  readonly busy: number;
}

/** Under which name {@link Throughput.processorMs} has the Wingman. */
export const WINGMAN = 'Wingman';

interface Prepared {
  readonly agreement: Agreement;
  readonly payloads: readonly ContentId[];
}

/** So many payloads are sealed and uploaded at a time. */
const parallel = 8;

/**
 * Sends requests for many images through the market and checks every answer. Payloads are on Dx before the clock runs,
 * and results are fetched after it has stopped, because a consumer has a machine of its own: what is measured is the
 * work of the provider, and of chain and Dx for it.
 *
 * @param expected the right output for each of the subject's requests, in their order
 * @throws when an answer is missing or wrong
 */
export async function measureThroughput(
  market: ProviderMarket,
  subject: Subject,
  expected: readonly Float32Array[],
  say: (line: string) => void,
): Promise<Throughput> {
  const { consumer, wingman } = market;
  const agreements = await agree(market, subject.agreements, subject.inferences);
  const images = agreements.length * subject.inferences;
  say(`uploading ${images} payloads`);
  const prepared: Prepared[] = [];
  for (const agreement of agreements) prepared.push(await prepare(consumer, agreement, subject));

  const processors = await startCounting([
    [WINGMAN, [wingman.pid], 'process'],
    ['of which its main thread', [wingman.pid], 'first thread'],
    ['chain node', [market.market.node.pid], 'process'],
    ['Dx server', market.market.dx.map(({ pid }) => pid), 'process'],
    ['consumer', [process.pid], 'process'],
  ]);
  await request(consumer, prepared);
  const ended = await allAnswered(consumer, agreements, say);
  const { ms: processorMs, busy } = await processors(images);

  const executions = await allExecutions(wingman, agreements);
  const began = Math.min(...executions.map(({ times }) => times.seen ?? Infinity));
  const uploads = executions.map(({ times }) => times.uploaded ?? Infinity);
  say('checking the answers');
  for (const agreement of agreements) await check(consumer, agreement, subject, expected);
  return {
    imagesPerSecond: images / ((ended - began) / 1000),
    uploadsPerSecond: (images - 1) / ((Math.max(...uploads) - Math.min(...uploads)) / 1000),
    processorMs,
    busy,
  };
}

/** Seals and uploads a payload for each place of an agreement, and writes down what is about to be sent. */
async function prepare(
  { dx, envelopes, store, clock }: Ports,
  agreement: Agreement,
  subject: Subject,
): Promise<Prepared> {
  const limit = new Limit(parallel);
  const { signal } = new AbortController();
  const framed = subject.requests.map((each) => frame(encodeRequest(each)));
  const payloads = await Promise.all(
    Array.from({ length: agreement.quota }, (_, index) =>
      limit.run(async () => {
        const envelope = await envelopes.sealPayload(
          framed[index % framed.length] ?? new Uint8Array(),
          agreement,
          index,
        );
        return (await dx.upload(envelope, { timeoutMs: 60_000, signal })).key;
      }),
    ),
  );
  const sentAt = clock.now();
  const sent = payloads.map((payload, index) => ({
    agreement: agreement.id,
    index,
    payload,
    label: String(index),
    sentAt,
  }));
  await store.saveSent(sent);
  return { agreement, payloads };
}

/** Registers all requests, of each agreement in one transaction. */
async function request({ chain }: Ports, prepared: readonly Prepared[]): Promise<void> {
  const { maxBatch } = await chain.rules();
  await Promise.all(
    prepared.map(({ agreement, payloads }) =>
      chain.account.submit(
        Array.from({ length: Math.ceil(payloads.length / maxBatch) }, (_, i) => {
          const first = i * maxBatch;
          const some = payloads.slice(first, first + maxBatch);
          return { call: 'request', agreement: agreement.id, first, payloads: some } as const;
        }),
      ),
    ),
  );
}

/** Waits for the block in which nothing is unanswered any more. @returns when it came, in milliseconds since 1970 */
async function allAnswered(
  { chain }: Ports,
  agreements: readonly Agreement[],
  say: (line: string) => void,
): Promise<number> {
  const stop = new AbortController();
  let shown = '';
  try {
    for await (const { best } of chain.heads(stop.signal)) {
      const at = Date.now();
      const now = await Promise.all(agreements.map(({ id }) => chain.agreement(id, best.hash)));
      const counts = now.map((agreement) => {
        if (agreement === null) throw new Error('An agreement was removed before all of it was answered.');
        return agreement.counts;
      });
      const answered = counts.reduce((sum, { answered, delivered }) => sum + answered + delivered, 0);
      const failed = counts.reduce((sum, { consumerFaults, providerFaults, missed }) => sum + consumerFaults + providerFaults + missed, 0); // prettier-ignore
      if (failed > 0) throw new Error(`${failed} of the requests failed.`);
      const all = agreements.reduce((sum, { quota }) => sum + quota, 0);
      const line = `${answered} of ${all} answered`;
      if (line !== shown) say(line);
      shown = line;
      if (answered === all) return at;
    }
  } finally {
    stop.abort();
  }
  throw new Error('The chain told of no further block.');
}

/** What `GET /v1/executions` answers. */
interface Page {
  readonly executions: readonly (ExecutionView & { readonly place: number })[];
}

/** What the Wingman wrote down of the requests of these agreements, once it has seen that all are answered. */
export async function allExecutions(
  wingman: WingmanProcess,
  agreements: readonly Pick<Agreement, 'id'>[],
): Promise<readonly ExecutionView[]> {
  return waitFor(
    async () => {
      const executions = await writtenDown(wingman, agreements);
      return executions.every(({ times }) => times.answered !== undefined) && executions;
    },
    { what: 'the Wingman to see that all is answered', timeoutMs: 30_000, everyMs: 200 },
  );
}

async function writtenDown(
  wingman: WingmanProcess,
  agreements: readonly Pick<Agreement, 'id'>[],
): Promise<readonly ExecutionView[]> {
  const found: ExecutionView[] = [];
  for (const { id } of agreements) {
    for (let before: number | undefined; ;) {
      const query = `agreement=${id}&limit=500${before === undefined ? '' : `&before=${before}`}`;
      const { executions } = await wingman.api<Page>('GET', `/v1/executions?${query}`);
      found.push(...executions);
      before = executions.at(-1)?.place;
      if (before === undefined) break;
    }
  }
  return found;
}

/** Fetches and opens all results of an agreement, and compares them with the right ones. */
async function check(
  consumer: Ports,
  agreement: Agreement,
  { requests, description }: Subject,
  expected: readonly Float32Array[],
): Promise<void> {
  let right = 0;
  for await (const result of resume(consumer, agreement.id)) {
    if (result.state !== 'answered') throw new Error(`Request ${result.label} is ${result.state}.`);
    const [output] = result.response.outputs;
    const wanted = expected[result.index % requests.length];
    const numbers = output === undefined ? [] : toNumbers(output);
    const isRight =
      wanted?.length === numbers.length &&
      wanted.every((value, i) => Math.abs(value - (numbers[i] ?? NaN)) <= description.tolerance);
    if (!isRight) throw new Error(`The result of request ${result.index} is not that of a direct run of the model.`);
    await forget(consumer, agreement.id, [result]);
    right++;
  }
  if (right !== agreement.quota) throw new Error(`${agreement.quota} results were expected, and ${right} came.`);
}
