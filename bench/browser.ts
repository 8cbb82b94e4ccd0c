/** How fast a browser tab is as a provider beside onnxruntime-web alone in the same browser, and whether it leaks. */
import { cpus } from 'node:os';

import { chromium, type Browser } from 'playwright';

import { seededRandom } from '../models/random.ts';
import { buildSite } from '../scripts/app/build.ts';
import type { InferenceRequest, Tensor } from '../lib/inference/types.ts';
import { chromiumArguments, findChromium } from '../scripts/lib/chromium.ts';
import { serveBare, type Bare, type BareMeasured } from './browser/bare.ts';
import { memoryOf, type Memory } from './browser/memory.ts';
import { TAB } from './browser/processors.ts';
import { mostInFlight, startTabMarket, untilIdle } from './browser/tab.ts';
import { measureThroughput, type Throughput } from './browser/throughput.ts';
import { Series, type Benchmark } from './measure.ts';
import { buildResNet18 } from './onnx/resnet.ts';
import type { Subject } from './provider/subject.ts';

/** How many inferences memory is watched over; the first of them fill what is kept at all times. */
const inferences = 500;
const warm = 100;
/** As many as a tab uses. */
const processors = Math.min(cpus().length, 4);
/** For how long onnxruntime alone is measured, before and after, in seconds. */
const bareSeconds = 10;
const trySeconds = 4;
/** How often the tab is opened anew in each run. */
const openings = 3;

/** onnxruntime alone: one inference after the other in the best number of threads, and several side by side. */
interface Alone {
  readonly oneByOne: number;
  readonly sideBySide: number;
  /** The processor time of an image in the faster way, in milliseconds. */
  readonly processorMs: number;
}

interface Run extends Throughput {
  readonly alone: Alone;
  readonly bidMs: readonly number[];
  readonly memory: readonly { readonly delivered: number; readonly memory: Memory }[];
}

export const browserProvider: Benchmark = {
  about: 'images per second through a browser tab beside onnxruntime-web alone, its first bid, its memory',
  runs: 3,
  run: async (runs, say) => {
    await using started = new AsyncDisposableStack();
    say('building the site, if it has changed');
    await buildSite({ onLine: say });
    const browser = await chromium.launch({ executablePath: executable(), args: chromiumArguments });
    started.defer(() => browser.close());
    const subject = madeUpResNet18();
    const bare = started.use(await serveBare(browser, subject));
    const { threads, expected } = await prepare(bare, subject, say);

    const rates = new Series('1/s');
    const ratios = new Series('1');
    const times = new Series('ms');
    const sizes = new Series('MB');
    let backend = '';
    let used = '';
    for (let run = 1; run <= runs; run++) {
      const tell = (line: string) => say(`run ${run} of ${runs}: ${line}`);
      const measured = await measure(browser, bare, { subject, threads, expected, say: tell });
      backend = measured.backend;
      const { imagesPerSecond, steadyPerSecond, alone } = measured;
      const between = 'between the first and the last block with answers';
      rates.add('through a tab', imagesPerSecond);
      rates.add(`through a tab, ${between}`, steadyPerSecond);
      rates.add('onnxruntime-web alone, one by one', alone.oneByOne);
      rates.add(`onnxruntime-web alone, ${processors} side by side`, alone.sideBySide);
      ratios.add('ratio, one by one', imagesPerSecond / alone.oneByOne);
      ratios.add(`ratio, one by one, ${between}`, steadyPerSecond / alone.oneByOne);
      ratios.add(`ratio, ${processors} side by side`, imagesPerSecond / alone.sideBySide);
      ratios.add(`ratio, ${processors} side by side, ${between}`, steadyPerSecond / alone.sideBySide);
      ratios.add(
        'processor time alone, of that in the tab',
        alone.processorMs / (measured.processors.ms.get(TAB) ?? NaN),
      );
      used = describeUse(measured);
      for (const ms of measured.bidMs) times.add('from opening the tab to its first bid in a block', ms);
      addMemory(sizes, measured.memory);
    }
    return {
      measured: [rates, ratios, times, sizes].flatMap((series) => series.measured()),
      remarks: [
        `ResNet-18 with made-up weights and images of 3 x 224 x 224 numbers (602 kB each), ${inferences} requests of one agreement, at most ${mostInFlight} of them waiting at a time, each payload sealed and uploaded by a consumer in Node while the tab works, each answer fetched and compared with that of onnxruntime-web alone. The tab is that of the real Cockpit in headless Chromium, by WebRTC; chain, Dx and consumer use the same processors. It runs the model on ${backend}.`,
        `Alone: another page of the same browser that only calls \`run\`, before and after, while nothing else runs; one by one in one worker, with ${threads === 1 ? 'one thread' : `${threads} threads`}, which was the fastest; side by side in ${processors} workers of one thread each.`,
        used,
        'First bid: from the navigation of a tab that has provided before (its model is in the browser, its key on the chain) to the first block with its bid on an order that waits.',
        'Memory: resident memory of the tab with its workers, and JavaScript objects of its page after a collection of garbage, both while it works.',
      ],
    };
  },
};

interface Setting {
  readonly subject: Subject;
  readonly threads: number;
  readonly expected: readonly Float32Array[];
  readonly say: (line: string) => void;
}

/** onnxruntime alone, the market with the tab, and onnxruntime alone again; each has the machine for itself. */
async function measure(
  browser: Browser,
  bare: Bare,
  { subject, threads, expected, say }: Setting,
): Promise<Run & { readonly backend: string }> {
  const alone = async () => {
    const oneByOne = await bare.run({ workers: 1, threads, seconds: bareSeconds });
    const sideBySide = await bare.run({ workers: processors, threads: 1, seconds: bareSeconds });
    const [one, side] = [oneByOne, sideBySide].map(({ imagesPerSecond }) => imagesPerSecond.toFixed(2));
    say(`onnxruntime-web alone: ${one} images per second one by one, ${side} with ${processors} side by side`);
    return { oneByOne, sideBySide };
  };
  const before = await alone();
  const inMarket = await throughTab(browser, { subject, threads, expected, say });
  const after = await alone();
  const mean = (of: (each: typeof before) => number) => (of(before) + of(after)) / 2;
  const faster = ({ oneByOne, sideBySide }: typeof before): BareMeasured =>
    sideBySide.imagesPerSecond > oneByOne.imagesPerSecond ? sideBySide : oneByOne;
  return {
    ...inMarket,
    alone: {
      oneByOne: mean(({ oneByOne }) => oneByOne.imagesPerSecond),
      sideBySide: mean(({ sideBySide }) => sideBySide.imagesPerSecond),
      processorMs: mean((each) => faster(each).processorMs),
    },
  };
}

function describeUse({ alone, processors: { ms, busy } }: Run): string {
  const all = [...ms].map(([who, each]) => `${who} ${each.toFixed(1)}`).join(', ');
  return `Processor time per image in ms: alone ${alone.processorMs.toFixed(1)}, in the faster way; in the market, between the first and the last block with answers: ${all}. ${busy.toFixed(2)} of ${cpus().length} processors were in use.`;
}

async function throughTab(
  browser: Browser,
  { subject, expected, say }: Setting,
): Promise<Omit<Run, 'alone'> & { readonly backend: string }> {
  say('starting a market');
  await using tab = await startTabMarket(browser, subject, say);
  const bidMs: number[] = [];
  for (let opening = 0; opening < openings; opening++) {
    await untilIdle(tab);
    bidMs.push(await tab.reopen());
    say(`opened and bid after ${(bidMs.at(-1) ?? 0).toFixed(0)} ms`);
  }
  await untilIdle(tab);
  const memory: { readonly delivered: number; readonly memory: Memory }[] = [];
  const throughput = await measureThroughput(tab, subject, expected, inferences, async (delivered) => {
    // Looking at memory stops the page for a moment, so it is done now and then only.
    if (delivered - (memory.at(-1)?.delivered ?? 0) < warm / 2) return;
    memory.push({ delivered, memory: await memoryOf(browser, tab.page) });
    say(`${delivered} of ${inferences} answered`);
  });
  memory.push({ delivered: inferences, memory: await memoryOf(browser, tab.page) });
  say(`through the tab: ${throughput.imagesPerSecond.toFixed(2)} images per second`);
  return { ...throughput, bidMs, memory, backend: tab.backend };
}

function addMemory(sizes: Series, samples: Run['memory']): void {
  const last = samples.at(-1)?.memory;
  const first = samples.find(({ delivered }) => delivered >= warm)?.memory;
  if (first === undefined || last === undefined) throw new Error('Memory was not looked at.');
  for (const [what, key] of [
    ['memory of the tab', 'tab'],
    ['JavaScript objects of its page', 'heap'],
  ] as const) {
    sizes.add(`${what}, after ${warm} inferences`, first[key]);
    sizes.add(`${what}, after ${inferences} inferences`, last[key]);
  }
}

/** Finds the number of threads with which onnxruntime alone is fastest, and what it answers. */
async function prepare(
  bare: Bare,
  { requests }: Subject,
  say: (line: string) => void,
): Promise<{ readonly threads: number; readonly expected: readonly Float32Array[] }> {
  say('looking for the fastest setting of onnxruntime-web alone');
  let best = { threads: 1, imagesPerSecond: 0 };
  let outputs: Float32Array = new Float32Array();
  for (const threads of new Set([1, processors])) {
    const result = await bare.run({ workers: 1, threads, seconds: trySeconds });
    outputs = result.outputs;
    say(`with ${threads} threads: ${result.imagesPerSecond.toFixed(2)} images per second`);
    if (result.imagesPerSecond > best.imagesPerSecond) best = { threads, imagesPerSecond: result.imagesPerSecond };
  }
  const each = outputs.length / requests.length;
  return { threads: best.threads, expected: requests.map((_, i) => outputs.slice(i * each, (i + 1) * each)) };
}

/** The size of ResNet-18, with made-up weights and made-up images. */
function madeUpResNet18(): Subject {
  const { bytes, description } = buildResNet18({ seed: 18 });
  const random = seededRandom(224);
  const requests = Array.from({ length: 8 }, (): InferenceRequest => {
    const numbers = Float32Array.from({ length: 3 * 224 * 224 }, () => random() * 4 - 2);
    const image: Tensor = {
      ...{ name: 'image', dataType: 'FP32', shape: [1, 3, 224, 224] },
      data: new Uint8Array(numbers.buffer),
    };
    return { inputs: [image] };
  });
  const load = { agreements: 1, inferences, measuresSteps: false };
  return { name: 'ResNet-18', bytes, description, requests, ...load };
}

function executable(): string {
  const found = findChromium();
  if (found === undefined) throw new Error('There is no Chromium. Install one, or name it in AIRO_CHROMIUM.');
  return found;
}
