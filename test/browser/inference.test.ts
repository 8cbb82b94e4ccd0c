import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Page } from 'playwright';

import { imageToTensor } from '../../lib/inference/image.ts';
import { decodeImage } from '../../lib/inference/image.node.ts';
import { disableOnnxruntimeTelemetry } from '../../lib/inference/node/no-telemetry.ts';
import { decodeBytes, encodeBytes, fromNumbers, toNumbers, view } from '../../lib/inference/tensor.ts';
import type { Tensor } from '../../lib/inference/types.ts';
import type { Description } from '../../lib/market/types.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { classifyDirectly, descriptions, picture } from '../support/inference.ts';
import type { PlainResult, PlainTensor } from './inference/page.ts';
import { openInferencePage, resnetFolder } from './inference/serve.ts';

const plain = (tensor: Tensor): PlainTensor => ({ ...tensor, data: [...tensor.data] });
const numbers = (result: PlainResult | undefined): readonly number[] => {
  assert.ok(result !== undefined && 'outputs' in result, JSON.stringify(result));
  return result.outputs.flatMap((tensor) => [...toNumbers({ ...tensor, data: Uint8Array.from(tensor.data) })]);
};
const errorOf = (result: PlainResult | undefined) =>
  result !== undefined && 'error' in result ? result.error : 'none';

function near(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => assert.ok(Math.abs((actual[i] ?? NaN) - value) <= tolerance, `${actual[i]} ${value}`));
}

/** The demo's model, pictures for it, and what onnxruntime says of them in Node. */
async function resnet(count: number) {
  disableOnnxruntimeTelemetry();
  const description = JSON.parse(await readFile(join(resnetFolder, 'description.json'), 'utf8')) as Description;
  const session = await InferenceSession.create(join(resnetFolder, 'model.onnx'));
  const folder = join(resnetFolder, 'test-images');
  const all = (await readdir(folder)).sort();
  // From all over the ten digits.
  const files = Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] ?? '');
  const inputs: PlainTensor[] = [];
  const logits: (readonly number[])[] = [];
  for (const file of files) {
    const tensor = imageToTensor(await decodeImage(await readFile(join(folder, file))), description);
    const result = await session.run({ image: new OrtTensor('float32', view(tensor) as Float32Array, tensor.shape) });
    inputs.push(plain(tensor));
    logits.push([...(result.logits?.data as Float32Array)]);
  }
  const labels = files.map((file) => Number(file[0]));
  return { description, inputs, logits, labels };
}

const load = async (page: Page, ...all: Parameters<Window['load']>) => {
  const error = await page.evaluate((args) => window.load(...args), all);
  assert.equal(error, null);
};
const state = (page: Page) => page.evaluate(() => window.state());
const run = (page: Page, requests: readonly (readonly PlainTensor[])[]) =>
  page.evaluate((all) => window.run(all), requests);
const why = ({ backend }: Awaited<ReturnType<typeof state>>) => backend.why.map(({ kind, reason }) => [kind, reason]);
const largest = (values: readonly number[]) => values.indexOf(Math.max(...values));

/** Runs the demo's model and compares all that comes out with what onnxruntime says in Node. */
async function checkResnet(page: Page, { description, inputs, logits, labels }: Awaited<ReturnType<typeof resnet>>) {
  const results = (await run(page, inputs.map((input) => [input]))).map(numbers); // prettier-ignore
  results.forEach((values, i) => near(values, logits[i] ?? [], description.tolerance));
  assert.deepEqual(results.map(largest), logits.map(largest));
  assert.deepEqual(results.map(largest), labels);
}

test('the ResNet runs on the GPU, with the classes and numbers of onnxruntime in Node', async (t) => {
  const page = await openInferencePage(t, { gpu: true });
  const model = await resnet(6);
  await load(page, '/models/resnet', model.description);
  const { backend, events } = await state(page);
  t.diagnostic(`${backend.about}: ${JSON.stringify(backend.referee)}`);
  assert.equal(backend.kind, 'webgpu');
  assert.deepEqual(backend.why, []);
  assert.ok(backend.adapter);
  assert.match(backend.about, /^WebGPU on ./);
  assert.ok(backend.referee);
  assert.equal(backend.referee.samples, 2);
  assert.ok(backend.referee.largestDifference <= model.description.tolerance);
  assert.equal(backend.referee.tolerance, model.description.tolerance);
  assert.deepEqual(events, [{ event: 'ready', model: 'ResNet MNIST', backend }]);

  const before = (await state(page)).gpuSubmissions;
  await checkResnet(page, model);
  const together = (await state(page)).gpuSubmissions - before;
  assert.ok(together > 0, 'the GPU was given work');
  for (const input of model.inputs) await run(page, [[input]]);
  const oneByOne = (await state(page)).gpuSubmissions - before - together;
  assert.ok(together < oneByOne, `inferences at the same time are put together: ${together}, ${oneByOne}`);
});

test('without a GPU it runs in WebAssembly with threads, and says why', async (t) => {
  const page = await openInferencePage(t);
  const model = await resnet(10);
  await load(page, '/models/resnet', model.description, { threads: 2 });
  const found = await state(page);
  assert.deepEqual([found.backend.kind, found.backend.threads], ['wasm-threads', 2]);
  assert.equal(found.backend.about, 'WebAssembly, 2 threads');
  assert.deepEqual(why(found), [['webgpu', 'NoAdapter']]);
  await checkResnet(page, model);
  assert.equal((await state(page)).gpuSubmissions, 0);
});

test('in a page that is not isolated it runs in one thread, and says why', async (t) => {
  const page = await openInferencePage(t, { isolated: false });
  assert.equal(await page.evaluate(() => 'SharedArrayBuffer' in globalThis), false);
  const model = await resnet(4);
  await load(page, '/models/resnet', model.description, { threads: 2 });
  const found = await state(page);
  assert.deepEqual([found.backend.kind, found.backend.threads], ['wasm', 1]);
  assert.deepEqual(why(found), [['webgpu', 'NoAdapter'], ['wasm-threads', 'NoSharedMemory']]); // prettier-ignore
  await checkResnet(page, model);
});

test('a person may choose less than what is there, and insist on what is not', async (t) => {
  const page = await openInferencePage(t);
  const description = descriptions.classifier;
  await load(page, '/models/classifier', description, { backend: 'wasm', threads: 2 });
  const found = await state(page);
  assert.equal(found.backend.kind, 'wasm');
  assert.deepEqual(why(found), [['webgpu', 'Chosen'], ['wasm-threads', 'Chosen']]); // prettier-ignore
  const insisted = await page.evaluate(
    (wanted) => window.load('/models/classifier', wanted, { backend: 'webgpu', force: true }),
    description,
  );
  assert.match(String(insisted), /^ModelUnavailable: .*gives no GPU/);
});

test('a GPU whose results are wrong is not used, and that is said', async (t) => {
  const page = await openInferencePage(t, { gpu: true, worker: 'lying' });
  const model = await resnet(2);
  await load(page, '/models/resnet', model.description, { threads: 2 });
  const found = await state(page);
  assert.equal(found.backend.kind, 'wasm-threads');
  assert.deepEqual(why(found), [['webgpu', 'WrongResult']]);
  assert.match(found.backend.why[0]?.message ?? '', /differs by \d.* the model allows 0.001/);
  await checkResnet(page, model);
});

/** Runs the small classifier, and compares what comes out with what onnxruntime says in Node. */
async function checkClassifier(page: Page): Promise<void> {
  const pictures = Array.from({ length: 6 }, (_, i) => picture(i));
  const results = await run(page, pictures.map((input) => [plain(input)])); // prettier-ignore
  for (const [i, input] of pictures.entries()) near(numbers(results[i]), await classifyDirectly(input), 1e-4);
}

test('a GPU that is lost in mid-run is opened again, and after the second time left alone', async (t) => {
  const page = await openInferencePage(t, { gpu: true, worker: 'troubled' });
  await load(page, '/models/classifier', descriptions.classifier, { threads: 2 });
  const events = async () => (await state(page)).events.map(({ event }) => event);

  await page.evaluate(() => window.trouble('loseGpu', 2));
  await checkClassifier(page);
  assert.deepEqual(await events(), ['ready', 'gpuLost', 'ready']);
  assert.equal((await state(page)).backend.kind, 'webgpu');

  await page.evaluate(() => window.trouble('loseGpu', 2));
  await checkClassifier(page);
  assert.deepEqual(await events(), ['ready', 'gpuLost', 'ready', 'gpuLost', 'ready']);
  const found = await state(page);
  assert.equal(found.backend.kind, 'wasm-threads');
  assert.deepEqual(why(found), [['webgpu', 'GpuLost']]);
  assert.deepEqual(found.events.flatMap((event) => (event.event === 'gpuLost' ? [event.losses] : [])), [1, 2]); // prettier-ignore
});

test("a crash of the browser's GPU process costs no inference", async (t) => {
  const page = await openInferencePage(t, { gpu: true });
  await load(page, '/models/classifier', descriptions.classifier, { threads: 2 });
  const session = await page.context().browser()?.newBrowserCDPSession();
  // It answers when there is a GPU process again, or not at all.
  void session?.send('Browser.crashGpuProcess').catch(() => undefined);
  await waitFor(async () => (await state(page)).events.length >= 3, {
    what: 'the model to run again',
    timeoutMs: 60_000,
    everyMs: 100,
    signal: t.signal,
  });
  await checkClassifier(page);
  assert.deepEqual((await state(page)).events.map(({ event }) => event), ['ready', 'gpuLost', 'ready']); // prettier-ignore
});

for (const gpu of [false, true]) {
  test(`memory does not grow over 500 inferences ${gpu ? 'on the GPU' : 'in WebAssembly'}`, async (t) => {
    const page = await openInferencePage(t, { gpu, worker: 'troubled' });
    const { description, inputs } = await resnet(1);
    // The emulated GPU takes its time, so it gets the smaller model.
    const [file, described, input] = gpu
      ? (['/models/classifier', descriptions.classifier, plain(picture(1))] as const)
      : (['/models/resnet', description, inputs[0]] as const);
    assert.ok(input);
    await load(page, file, described, { threads: 2 });
    assert.equal((await state(page)).backend.kind, gpu ? 'webgpu' : 'wasm-threads');
    const repeat = (times: number) => page.evaluate(([one, n]) => window.repeat([one], n), [input, times] as const);
    const used = async () => [
      await page.evaluate(() => window.trouble('memory')),
      await page.evaluate(() => window.trouble('buffers')),
    ];
    await repeat(20);
    const [memory = 0, buffers = 0] = await used();
    assert.ok(memory > 0);
    await repeat(500);
    const [after = 0, buffersAfter = 0] = await used();
    t.diagnostic(`WebAssembly has ${memory} bytes, and ${after} afterwards; GPU buffers: ${buffers}, ${buffersAfter}`);
    assert.equal(after, memory);
    assert.equal(buffersAfter, buffers);
  });
}

test('what does not fit is refused by name, and a failure fails that inference alone', async (t) => {
  const page = await openInferencePage(t);
  await load(page, '/models/classifier', descriptions.classifier, { threads: 2 });
  const wrong = plain(fromNumbers('image', 'FP32', [1, 1, 8, 7], new Array<number>(56).fill(0)));
  const named = plain({ ...picture(1), name: 'photo' });
  const short = { ...plain(picture(1)), data: [1, 2, 3] };
  const [shape, name, length, right] = await run(page, [[wrong], [named], [short], [plain(picture(1))]]);
  assert.match(errorOf(shape), /^InvalidTensor: .*any, 1, 8, 8/);
  assert.match(errorOf(name), /^InvalidTensor: There is no input "photo"/);
  assert.match(errorOf(length), /^InvalidTensor: .* needs 256 bytes of data, and has 3/);
  assert.equal(numbers(right).length, 3);

  // In several threads onnxruntime-web sometimes never comes back from a kernel that fails.
  await load(page, '/models/pick', descriptions.pick, { backend: 'wasm' });
  const pick = (index: number) => [
    plain(fromNumbers('values', 'FP32', [1, 4], [5, 6, 7, 8])),
    plain(fromNumbers('index', 'INT64', [1, 1], [index])),
  ];
  const [first, bad, last] = await run(page, [pick(0), pick(9), pick(3)]);
  assert.deepEqual([numbers(first), numbers(last)], [[5], [8]]);
  assert.match(errorOf(bad), /^ExecutionFailed: The model failed: ./);
});

test('a file that is no model, or another one than described, is unavailable', async (t) => {
  const page = await openInferencePage(t);
  const attempt = (file: string, description: Description) =>
    page.evaluate((args) => window.load(...args), [file, description] as const);
  assert.match(
    String(await attempt('/ort.wasm.min.mjs', descriptions.classifier)),
    /^ModelUnavailable: .*cannot be loaded/,
  );
  const error = String(await attempt('/models/pick', descriptions.classifier));
  assert.match(error, /^ModelUnavailable: The model is not as described\. It has an input "values"/);
  await waitFor(() => Promise.resolve(page.workers().length === 0), {
    what: 'the workers to end',
    timeoutMs: 10_000,
    everyMs: 50,
    signal: t.signal,
  });
});

for (const gpu of [false, true]) {
  test(`integers of 64 bits, booleans, text and half precision go through ${gpu ? 'beside a GPU' : ''}`, async (t) => {
    const page = await openInferencePage(t, { gpu });
    await load(page, '/models/types', descriptions.types, { threads: 2 });
    t.diagnostic(JSON.stringify((await state(page)).backend));
    const text = [new TextEncoder().encode('héllo'), new Uint8Array()];
    const [result] = await run(page, [
      [
        plain(fromNumbers('half', 'FP16', [2], [1.5, -2])),
        plain({ name: 'text', dataType: 'BYTES', shape: [2], data: encodeBytes(text) }),
        plain(fromNumbers('keep', 'BOOL', [2], [1, 0])),
        plain(fromNumbers('amount', 'INT64', [2], [2 ** 53 + 2, 6])),
      ],
    ]);
    assert.ok(result && 'outputs' in result, JSON.stringify(result));
    const [signed, copy, double] = result.outputs.map((tensor) => ({ ...tensor, data: Uint8Array.from(tensor.data) }));
    assert.ok(signed && copy && double);
    assert.deepEqual([...view(signed)], [2n ** 53n + 2n, -6n]);
    assert.deepEqual(decodeBytes(copy).map((bytes) => [...bytes]), text.map((bytes) => [...bytes])); // prettier-ignore
    assert.deepEqual([...toNumbers(double)], [3, -4]);
  });
}

test('what is given up ends with the reason, and the rest goes on', async (t) => {
  const page = await openInferencePage(t);
  const { description, inputs } = await resnet(4);
  const given = await page.evaluate((wanted) => window.giveUpLoading('/models/resnet', wanted), description);
  assert.match(given, /not wanted any more/);
  await load(page, '/models/resnet', description, { threads: 2 });
  const [first, ...others] = await page.evaluate(
    (all) => window.giveUpFirst(all),
    inputs.map((input) => [input]),
  );
  assert.match(errorOf(first), /not wanted any more/);
  assert.deepEqual(others.map((result) => numbers(result).length), [10, 10, 10]); // prettier-ignore
});

test('inferences are measured, with progress, and that can be stopped', async (t) => {
  const page = await openInferencePage(t);
  const { description } = await resnet(1);
  await load(page, '/models/resnet', description, { threads: 2 });
  const { measurement, progress } = await page.evaluate(() => window.measure(7));
  const { runs, minMs, medianMs, p90Ms, maxMs } = measurement;
  t.diagnostic(JSON.stringify(measurement));
  assert.equal(runs, 7);
  assert.ok(minMs > 0 && minMs <= medianMs && medianMs <= p90Ms && p90Ms <= maxMs);
  assert.deepEqual(progress, [1, 2, 3, 4, 5, 6, 7]);
  const stopped = await page.evaluate(() => window.measureUntil(1_000, 3));
  assert.match(stopped.error, /not wanted any more/);
  assert.equal(stopped.done, 3);
});

test('workers that crash fail what they were running, and others take their place', async (t) => {
  const page = await openInferencePage(t, { worker: 'troubled' });
  const { description, inputs } = await resnet(1);
  await load(page, '/models/resnet', description, { threads: 2 });
  // Both of them hear it.
  await page.evaluate(() => window.trouble('crash'));
  const lost = ['ready', 'workerLost', 'workerLost', 'ready'];
  await waitFor(async () => (await state(page)).events.length >= lost.length, {
    what: 'other workers',
    timeoutMs: 60_000,
    everyMs: 50,
    signal: t.signal,
  });
  assert.deepEqual((await state(page)).events.map(({ event }) => event), lost); // prettier-ignore
  assert.equal(numbers((await run(page, [inputs]))[0]).length, 10);
});

for (const gpu of [false, true]) {
  test(`a model that was released ${gpu ? 'on the GPU' : 'in WebAssembly'} leaves no worker, and runs no more`, async (t) => {
    const page = await openInferencePage(t, { gpu });
    await load(page, '/models/classifier', descriptions.classifier, { threads: 2 });
    const workers = (what: string, isRight: (count: number) => boolean) =>
      waitFor(() => Promise.resolve(isRight(page.workers().length)), {
        what,
        timeoutMs: 10_000,
        everyMs: 50,
        signal: t.signal,
      });
    // On the GPU there is one left; that with which it was compared has ended. In WebAssembly there are its threads too.
    await workers('the right number of workers', (count) => (gpu ? count === 1 : count > 1));
    await page.evaluate(() => window.release());
    await workers('the workers to end', (count) => count === 0);
    const [result] = await run(page, [[plain(picture(1))]]);
    assert.match(errorOf(result), /^ModelUnavailable: The model was released/);
  });
}
