/** How long a single inference takes, stage by stage, on a market where nothing else happens. */
import { infer } from '../../lib/consumer/index.ts';
import { agree, type ProviderMarket } from './market.ts';
import { between, steps, type Times } from './stages.ts';
import { imageOf, type Subject } from './subject.ts';
import { allExecutions } from './throughput.ts';

/** What the consumer sees, and what the provider notes down, in their order. */
const consumerStages = ['begun', 'sealed', 'uploaded', 'requested', 'answered', 'downloaded', 'opened'];
const providerStages = ['seen', 'downloaded', 'executed', 'uploaded', 'answered'];

/** Times in milliseconds by the step they are of, one for each inference. */
export type StepTimes = ReadonlyMap<string, readonly number[]>;

/** Infers so many times, one after the other. @throws when one is not answered */
export async function measureSteps(
  market: ProviderMarket,
  { requests }: Subject,
  inferences: number,
  say: (line: string) => void,
): Promise<StepTimes> {
  const { consumer, wingman } = market;
  const agreements = await agree(market, 1, inferences);
  const [agreement] = agreements;
  if (agreement === undefined) throw new Error('No agreement was opened.');
  const seen: Times[] = [];
  for (let i = 0; i < inferences; i++) {
    const request = requests[i % requests.length];
    if (request === undefined) throw new Error('There is nothing to infer on.');
    const begun = Date.now();
    for await (const { state, label, times } of infer(consumer, agreement.id, [{ label: String(i), request }])) {
      if (state !== 'answered') throw new Error(`Inference ${label} is ${state}.`);
      seen.push({ begun, ...times });
    }
    say(`${i + 1} of ${inferences} single inferences of ${imageOf(request).data.length} bytes`);
  }
  const executions = (await allExecutions(wingman, agreements)).toSorted((a, b) => a.index - b.index);
  const whole = seen.map((times) => between(times, 'begun', 'opened'));
  const work = executions.map(({ times }) => between(times, 'seen', 'uploaded'));
  return new Map([
    ...named('consumer', steps(consumerStages, seen)),
    ['consumer, begun to opened', whole],
    ...named('provider', steps(providerStages, executions.map(({ times }) => times))), // prettier-ignore
    ['provider, seen to uploaded', work],
  ]);
}

function named(who: string, times: StepTimes): readonly (readonly [string, readonly number[]])[] {
  return [...times].map(([step, values]) => [`${who}, ${step}`, values]);
}
