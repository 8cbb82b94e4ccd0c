/**
 * How fast a Wingman is beside onnxruntime-node alone, on the same machine and in the same run, and how long the stages
 * of an inference take.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import { onShutdown } from '../scripts/lib/shutdown.ts';
import { median, type Benchmark, type Measured } from './measure.ts';
import type { BareTask, Setting } from './provider/bare-task.ts';
import { fastest, runBare, settings } from './provider/bare.ts';
import { measureSteps, type StepTimes } from './provider/latency.ts';
import { startProviderMarket } from './provider/market.ts';
import { percentile } from './provider/stages.ts';
import { demoModel, imageOf, madeUpResNet50, type Subject } from './provider/subject.ts';
import { measureThroughput, WINGMAN, type Throughput } from './provider/throughput.ts';

/** For how long each setting of the bare model is tried, and how long the fastest is measured, in seconds. */
const trySeconds = 3;
const bareSeconds = 10;
const singleInferences = 20;

/** One run of one model. */
interface Run extends Throughput {
  /** The mean of before and after. */
  readonly bare: number;
  readonly bareProcessorMs: number;
  readonly steps: StepTimes | null;
}

export const providerThroughput: Benchmark = {
  about: 'images per second through a Wingman beside onnxruntime-node alone, and the time of each stage',
  runs: 3,
  run: async (runs, say) => {
    const folder = await mkdtemp(join(tmpdir(), 'airo-bench-'));
    const remove = () => rm(folder, { recursive: true, force: true });
    const unregister = onShutdown(remove);
    try {
      const measured: Measured[] = [];
      const remarks: string[] = [...method];
      for (const subject of [madeUpResNet50(), await demoModel()]) {
        const { name } = subject;
        const { task, expected, setting } = await prepare(subject, folder, say);
        const all: Run[] = [];
        for (let run = 1; run <= runs; run++) {
          const tell = (line: string) => say(`${name}, run ${run} of ${runs}: ${line}`);
          all.push(await measure(subject, { ...task, setting, seconds: bareSeconds }, expected, tell));
        }
        measured.push(...rows(name, all));
        remarks.push(...explain(subject, all, setting));
      }
      return { measured, remarks };
    } finally {
      await remove();
      unregister();
    }
  },
};

/** Writes the model and its inputs where the bare process finds them, and finds the setting with which it is fastest. */
async function prepare(
  subject: Subject,
  folder: string,
  say: (line: string) => void,
): Promise<{ task: Omit<BareTask, 'setting' | 'seconds'>; expected: readonly Float32Array[]; setting: Setting }> {
  const { bytes, description, requests } = subject;
  const [output] = description.outputs;
  const images = requests.map(imageOf);
  const [first] = images;
  if (first === undefined || output === undefined) throw new Error('A model needs an input and an output.');
  const file = (what: string) => join(folder, `${subject.name.replaceAll(' ', '-')}.${what}`);
  const task = {
    model: file('onnx'),
    inputs: file('inputs'),
    inputName: first.name,
    outputName: output.name,
    shape: first.shape,
  };
  await writeFile(task.model, bytes);
  await writeFile(task.inputs, Buffer.concat(images.map(({ data }) => data)));
  say(`${subject.name}: looking for the fastest setting of onnxruntime alone`);
  const { setting } = await fastest({ ...task, seconds: trySeconds }, settings(cpus().length));
  say(`${subject.name}: it is ${describe(setting)}`);
  const outputs = file('outputs');
  await runBare({ ...task, setting, seconds: 0, outputs });
  const numbers = new Float32Array(new Uint8Array(await readFile(outputs)).buffer);
  const each = numbers.length / requests.length;
  return { task, setting, expected: requests.map((_, i) => numbers.slice(i * each, (i + 1) * each)) };
}

/** The bare model, the market, and the bare model again; each has the machine for itself. */
async function measure(
  subject: Subject,
  task: BareTask,
  expected: readonly Float32Array[],
  say: (line: string) => void,
): Promise<Run> {
  const bare = async () => {
    const result = await runBare(task);
    say(`onnxruntime alone: ${result.imagesPerSecond.toFixed(1)} images per second`);
    return result;
  };
  const before = await bare();
  say('starting a market');
  const { throughput, steps } = await throughMarket(subject, expected, say);
  const after = await bare();
  return {
    ...throughput,
    steps,
    bare: (before.imagesPerSecond + after.imagesPerSecond) / 2,
    bareProcessorMs: (before.processorMs + after.processorMs) / 2,
  };
}

async function throughMarket(
  subject: Subject,
  expected: readonly Float32Array[],
  say: (line: string) => void,
): Promise<{ throughput: Throughput; steps: StepTimes | null }> {
  await using market = await startProviderMarket(subject);
  const steps = subject.measuresSteps ? await measureSteps(market, subject, singleInferences, say) : null;
  const throughput = await measureThroughput(market, subject, expected, say);
  say(`through the Wingman: ${throughput.imagesPerSecond.toFixed(1)} images per second`);
  return { throughput, steps };
}

function rows(name: string, runs: readonly Run[]): Measured[] {
  const of = (quantity: string, unit: string, value: (run: Run) => number): Measured => ({
    quantity: `${name}: ${quantity}`,
    unit,
    values: runs.map(value),
  });
  const steps = [...(runs[0]?.steps?.keys() ?? [])].flatMap((step) =>
    [50, 95].map((share) =>
      of(`${step}, p${share}`, 'ms', (run) => percentile(run.steps?.get(step) ?? [], share / 100)),
    ),
  );
  return [
    of('through a Wingman', '1/s', ({ imagesPerSecond }) => imagesPerSecond),
    of('onnxruntime-node alone', '1/s', ({ bare }) => bare),
    of('ratio', '1', ({ imagesPerSecond, bare }) => imagesPerSecond / bare),
    of('ratio without the wait for the last block', '1', ({ uploadsPerSecond, bare }) => uploadsPerSecond / bare),
    of(
      'processor time alone, of that in the Wingman',
      '1',
      ({ bareProcessorMs, processorMs }) => bareProcessorMs / (processorMs.get(WINGMAN) ?? NaN),
    ),
    ...steps,
  ];
}

const method = [
  'Through a Wingman: from the moment at which it sees the requests to the block with the last answer, all requested at once and answered in batches; the chain node and the Dx server work on the same processors, payloads were uploaded before, and results are fetched and compared with those of a direct run afterwards.',
  'Alone: a process that only calls `run` on inputs that are there, with the fastest setting found, before and after, while no market runs.',
];

function explain(
  { name, agreements, inferences, description }: Subject,
  runs: readonly Run[],
  setting: Setting,
): string[] {
  const usual = (value: (run: Run) => number) => median(runs.map(value));
  const used = [...(runs[0]?.processorMs.keys() ?? [])].map(
    (who) => `${who} ${usual(({ processorMs }) => processorMs.get(who) ?? 0).toFixed(2)}`,
  );
  const bytes = description.inputs.map(({ shape }) => shape.map((size) => size ?? 1).join(' x ')).join(', ');
  return [
    `${name}: input of ${bytes}, ${agreements * inferences} requests, alone with ${describe(setting)}.`,
    `Processor time per image in ms: alone ${usual(({ bareProcessorMs }) => bareProcessorMs).toFixed(2)}; in the market ${used.join(', ')}. ${usual(({ busy }) => busy).toFixed(2)} of ${cpus().length} processors were in use.`,
  ];
}

function describe({ sessions, threads, batch }: Setting): string {
  const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  return `${plural(sessions, 'session')} of ${plural(threads, 'thread')} and batches of ${batch}`;
}
