import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { executeMessage } from '../execute.ts';
import { frame, unframe } from '../message.ts';
import { decodeResponse, encodeRequest } from '../open-inference.ts';
import { decodeBytes, encodeBytes, fromNumbers, toNumbers, view } from '../tensor.ts';
import type { LoadedModel, RunnableModel } from '../types.ts';
import { onnxRunner, type OnnxRunnerOptions } from './onnx-runner.ts';
import { afterwards } from '../../../test/support/cleanup.ts';
import { classifyDirectly, descriptions, describeTensors, fixture, picture } from '../../../test/support/inference.ts';

function runner(t: TestContext, options: OnnxRunnerOptions = { sessions: 2, threads: 1 }) {
  const runner = onnxRunner(options);
  afterwards(t, () => runner.close());
  return runner;
}

const load = (t: TestContext, model: RunnableModel, options?: OnnxRunnerOptions): Promise<LoadedModel> =>
  runner(t, options).load(model, t.signal);

const near = (actual: ArrayLike<number> | undefined, expected: readonly number[]) =>
  expected.forEach((value, i) => assert.ok(Math.abs((actual?.[i] ?? NaN) - value) < 1e-5));

test('results are those of a direct run of the model, many at a time and one by one', async (t) => {
  const inputs = Array.from({ length: 11 }, (_, i) => picture(i));
  for (const name of ['classifier', 'classifier-fixed'] as const) {
    const model = await load(t, fixture(name));
    const responses = await Promise.all(inputs.map((input, i) => model.run({ id: `${i}`, inputs: [input] }, t.signal)));
    for (const [i, input] of inputs.entries()) {
      const { id, model, version, outputs } = responses[i] ?? assert.fail();
      assert.deepEqual([id, model, version, outputs[0]?.shape], [`${i}`, name, '1', [1, 3]]);
      near(outputs[0] && toNumbers(outputs[0]), await classifyDirectly(input));
    }
  }
});

test('a request with several rows gets as many', async (t) => {
  const model = await load(t, fixture('classifier'));
  const both = [model.run({ inputs: [picture(1, 3)] }, t.signal), model.run({ inputs: [picture(2)] }, t.signal)];
  const [three, one] = await Promise.all(both);
  assert.deepEqual([three?.outputs[0]?.shape, one?.outputs[0]?.shape], [[3, 3], [1, 3]]); // prettier-ignore
  near(three?.outputs[0] && toNumbers(three.outputs[0]), await classifyDirectly(picture(1, 3)));
});

test('the memory of a request is left as it was', async (t) => {
  const model = await load(t, fixture('classifier'));
  const input = picture(5);
  const before = input.data.slice();
  await model.run({ inputs: [input] }, t.signal);
  assert.deepEqual(input.data, before);
});

test('integers of 64 bits, booleans, text and half precision go through', async (t) => {
  const model = await load(t, fixture('types'));
  const text = [new TextEncoder().encode('héllo'), new Uint8Array()];
  const { outputs } = await model.run(
    {
      inputs: [
        fromNumbers('half', 'FP16', [2], [1.5, -2]),
        { name: 'text', dataType: 'BYTES', shape: [2], data: encodeBytes(text) },
        fromNumbers('keep', 'BOOL', [2], [1, 0]),
        fromNumbers('amount', 'INT64', [2], [2 ** 53 + 2, 6]),
      ],
    },
    t.signal,
  );
  const [signed, copy, double] = outputs;
  assert.ok(signed && copy && double);
  assert.deepEqual([...view(signed)], [2n ** 53n + 2n, -6n]);
  assert.deepEqual(decodeBytes(copy), text);
  assert.deepEqual([...toNumbers(double)], [3, -4]);
});

test('a model that fails while it runs fails that inference, not those beside it', async (t) => {
  const model = await load(t, fixture('pick'), { sessions: 1 });
  const pick = (index: number) =>
    model.run(
      { inputs: [fromNumbers('values', 'FP32', [1, 4], [5, 6, 7, 8]), fromNumbers('index', 'INT64', [1, 1], [index])] },
      t.signal,
    );
  const [first, bad, last] = await Promise.allSettled([pick(0), pick(9), pick(3)]);
  const value = (result: typeof first) =>
    result.status === 'fulfilled' && result.value.outputs.map((o) => [...toNumbers(o)]);
  assert.deepEqual([value(first), value(last)], [[[5]], [[8]]]);
  assert.ok(bad.status === 'rejected');
  assert.match(String(bad.reason), /^ExecutionFailed: The model failed: .*GatherElements/);
});

test('a model whose results cannot be taken apart runs one by one', async (t) => {
  const model = await load(t, fixture('distinct'), { sessions: 1 });
  const distinct = (values: number[]) =>
    model.run({ inputs: [fromNumbers('values', 'FP32', [values.length], values)] }, t.signal);
  const responses = await Promise.all([distinct([1, 1, 2]), distinct([3, 3, 3]), distinct([1])]);
  const values = responses.map(({ outputs }) => outputs.flatMap((output) => [...toNumbers(output)]));
  assert.deepEqual(values, [[1, 2], [3], [1]]);
});

test('inputs that do not fit are refused before anything runs', async (t) => {
  const model = await load(t, fixture('classifier'));
  const wrong = fromNumbers('image', 'FP32', [1, 1, 8, 7], new Array<number>(56).fill(0));
  await assert.rejects(model.run({ inputs: [wrong] }, t.signal), { name: 'InvalidTensor', message: /any, 1, 8, 8/ });
});

test('a file that is no model, or cannot be had, is unavailable', async (t) => {
  const { description } = fixture('classifier');
  const model = { name: 'x', version: '1', description };
  const noise = { ...model, bytes: () => Promise.resolve(new Uint8Array(100).fill(1)) };
  await assert.rejects(load(t, noise), { name: 'ModelUnavailable', message: /protobuf/ });
  const missing = { ...model, bytes: () => Promise.reject(new Error('nobody has it')) };
  await assert.rejects(load(t, missing), /nobody has it/);
});

test('a model that differs from its description is unavailable, with the difference', async (t) => {
  const image = { name: 'image', dataType: 'FP32', shape: [null, 1, 8, 8] } as const;
  const logits = { name: 'logits', dataType: 'FP32', shape: [null, 3] } as const;
  const refused = async (
    name: 'classifier' | 'classifier-fixed' | 'pick',
    inputs: unknown[],
    outputs: unknown[],
    message: RegExp,
  ) => {
    const description = describeTensors(inputs as [], outputs as []);
    await assert.rejects(load(t, fixture(name, description)), { name: 'ModelUnavailable', message });
  };
  await refused(
    'classifier',
    [{ ...image, name: 'picture' }],
    [logits],
    /an input "image" of FP32 \[any, 1, 8, 8\] that/,
  );
  await refused(
    'classifier',
    [{ ...image, shape: [null, 1, 9, 8] }],
    [logits],
    /is "image" of FP32 \[any, 1, 8, 8\]; the/,
  );
  await refused('classifier', [{ ...image, dataType: 'FP64' }], [logits], /description says "image" of FP64/);
  await refused('classifier', [image], [{ ...logits, name: 'scores' }], /no output "scores".*outputs are "logits"/);
  await refused('classifier', [image], [{ ...logits, shape: [null, 4] }], /Its output is "logits"/);
  await refused('classifier-fixed', [image], [logits], /\[1, 1, 8, 8\]; the description says .*\[any, 1, 8, 8\]/);
  await refused('pick', [descriptions.pick.inputs[0]], [...descriptions.pick.outputs], /an input "index"/);
});

test('a description may fix what the model leaves open', async (t) => {
  const model = await load(t, fixture('classifier', descriptions['classifier-fixed']));
  const response = await model.run({ inputs: [picture(1)] }, t.signal);
  assert.deepEqual(response.outputs[0]?.shape, [1, 3]);
});

test('a model that was released, or whose runner is closed, does not run', async (t) => {
  const onnx = runner(t);
  const [one, other] = [
    await onnx.load(fixture('classifier'), t.signal),
    await onnx.load(fixture('classifier'), t.signal),
  ];
  const running = one.run({ inputs: [picture(1)] }, t.signal);
  await one.release();
  assert.ok(await running);
  await assert.rejects(one.run({ inputs: [picture(1)] }, t.signal), { name: 'ModelUnavailable' });
  assert.ok(await other.run({ inputs: [picture(1)] }, t.signal));
  await onnx.close();
  await assert.rejects(other.run({ inputs: [picture(1)] }, t.signal), { name: 'ModelUnavailable' });
  await assert.rejects(onnx.load(fixture('classifier'), t.signal), { name: 'ModelUnavailable' });
});

test('loading that is given up ends with the reason', async (t) => {
  const reason = new Error('not wanted any more');
  await assert.rejects(runner(t).load(fixture('classifier'), AbortSignal.abort(reason)), reason);
  const abort = new AbortController();
  const loading = runner(t).load(fixture('classifier'), abort.signal);
  abort.abort(reason);
  await assert.rejects(loading, reason);
});

test('a message is executed to a message, and what is no single inference is refused', async (t) => {
  const model = await load(t, fixture('classifier'));
  const execute = (message: Uint8Array) => executeMessage(model, descriptions.classifier, message, t.signal);
  const message = frame(encodeRequest({ id: '7', inputs: [picture(7)] }));
  const { id, outputs } = decodeResponse(unframe(await execute(message)));
  assert.equal(id, '7');
  near(outputs[0] && toNumbers(outputs[0]), await classifyDirectly(picture(7)));
  await assert.rejects(execute(message.subarray(0, 60)), { name: 'InvalidRequest' });
  await assert.rejects(execute(frame(encodeRequest({ inputs: [picture(7, 2)] }))), {
    name: 'InvalidTensor',
    message: /batch of 2/,
  });
});
