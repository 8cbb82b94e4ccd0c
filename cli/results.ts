/** What came of inferences, for people and for programs. */
import { classify, labelNames } from '../lib/inference/classify.ts';
import { toJson } from '../lib/inference/json-data.ts';
import type { InferenceResponse, Tensor } from '../lib/inference/types.ts';
import { stages, type InferenceEvent, type InferenceResult, type Stage } from '../lib/consumer/types.ts';
import type { Description } from '../lib/market/types.ts';
import type { Context } from './command.ts';
import { bareAmount, duration, percent, table, type Output } from './output.ts';

/** How many classes are shown. */
const shownClasses = 3;
const maxLabelBytes = 1_048_576;

/** The names of a model's classes, from Dx if they lie there; without them results are shown all the same. */
export async function readLabels(
  { labels }: Description,
  { dx, out, signal }: Pick<Context, 'dx' | 'out' | 'signal'>,
): Promise<readonly string[]> {
  if (labels.kind !== 'content') return labelNames(labels);
  try {
    const options = { maxBytes: maxLabelBytes, timeoutMs: 60_000, signal };
    return labelNames(labels, new TextDecoder().decode(await (await dx()).download(labels.content, options)));
  } catch (error) {
    signal.throwIfAborted();
    out.note(`The labels cannot be shown: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

/** The most probable classes, when the model is a classifier; else what tensors there are. */
function describeResponse(response: InferenceResponse, description: Description, labels: readonly string[]): string {
  const classes = classesOf(response, description, labels);
  if (classes !== null) return classes.map(({ label, probability }) => `${label} (${percent(probability)})`).join(', ');
  return response.outputs.map(({ name, dataType, shape }) => `${name}: ${dataType} [${shape.join(', ')}]`).join('; ');
}

function classesOf({ outputs }: InferenceResponse, description: Description, labels: readonly string[]) {
  const [first] = outputs;
  const isClassifier = description.labels.kind !== 'none' && first !== undefined && first.dataType !== 'BYTES';
  return isClassifier ? classify(first, shownClasses, labels) : null;
}

/** One line about a result. */
function describeResult(result: InferenceResult, description: Description, labels: readonly string[]): string {
  return result.state === 'answered'
    ? describeResponse(result.response, description, labels)
    : `${words[result.state]}: ${result.explanation}`;
}

const words = {
  failed: 'failed and refunded',
  missed: 'missed and refunded',
  resultMissing: 'paid, but the result is missing',
  resultCorrupt: 'paid, but the result is wrong',
  notSent: 'not sent, and not paid',
  removed: 'removed',
} as const;

/** All results, with what each took and cost. */
export function resultTable(
  results: readonly InferenceResult[],
  description: Description,
  labels: readonly string[],
): string {
  return table(
    ['INPUT', 'RESULT', { head: 'TIME', align: 'right' }, { head: 'PAID (AIRO)', align: 'right' }],
    results.map((result) => [
      ...[result.label, describeResult(result, description, labels)],
      ...[timeOf(result), bareAmount('paid' in result ? result.paid : 0n)],
    ]),
    'There are no results.',
  );
}

function timeOf({ times }: InferenceResult): string {
  const { sealed, opened } = times;
  return sealed === undefined || opened === undefined ? '' : duration(opened - sealed);
}

/** How long the stages took, in the middle and at the end of the range. */
export function stageTable(results: readonly InferenceResult[]): string {
  const rows = stages.slice(1).flatMap((stage, i) => {
    const before: Stage = stages[i] ?? 'sealed';
    const spans = results.flatMap(({ times }) => {
      const [from, to] = [times[before], times[stage]];
      return from === undefined || to === undefined ? [] : [to - from];
    });
    spans.sort((a, b) => a - b);
    const at = (part: number) => duration(spans[Math.min(spans.length - 1, Math.floor(spans.length * part))] ?? 0);
    return spans.length === 0 ? [] : [[`${before} to ${stage}`, at(0.5), at(0.95)]];
  });
  const right = (head: string) => ({ head, align: 'right' }) as const;
  return table(['STAGE', right('MEDIAN'), right('95 %')], rows, '');
}

/** A result for programs. */
export function resultDocument(result: InferenceResult, description: Description, labels: readonly string[]): object {
  if (result.state !== 'answered') return result;
  const { response, ...rest } = result;
  return {
    ...rest,
    classes: classesOf(response, description, labels),
    outputs: response.outputs.map((tensor) => ({
      ...{ name: tensor.name, datatype: tensor.dataType, shape: tensor.shape },
      ...dataOf(tensor),
    })),
  };
}

/** Numbers that JSON cannot express come as the tensor's bytes. */
function dataOf(tensor: Tensor): object {
  try {
    return { data: toJson(tensor) };
  } catch {
    return { base64: Buffer.from(tensor.data).toString('base64') };
  }
}

/** Shows how many inputs have reached which stage, and what is tried again. */
export function progressOf(out: Output, total: number): (event: InferenceEvent) => void {
  const reached = new Map<Stage, number>();
  return (event) => {
    if (event.event === 'trouble') {
      out.note(`Trouble with ${event.where}, trying again: ${event.error.message}`);
      return;
    }
    reached.set(event.stage, (reached.get(event.stage) ?? 0) + 1);
    out.live(stages.map((stage) => `${stage} ${reached.get(stage) ?? 0}/${total}`).join('  '));
  };
}
