import assert from 'node:assert/strict';
import { test } from 'node:test';

import { InferenceSession, Tensor } from 'onnxruntime-node';

import { buildResNet, buildResNet18, type MadeUpModel, type ResNetOptions } from './resnet.ts';

const small: ResNetOptions = { name: 'small', blocks: [1, 2], width: 4, imageSize: 32, classes: 7, seed: 1 };

async function logitsOf({ bytes }: MadeUpModel, images: number): Promise<Tensor & { data: Float32Array }> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const shape = [images, 3, small.imageSize, small.imageSize];
  const values = Float32Array.from({ length: images * 3 * small.imageSize ** 2 }, (_, i) => Math.sin(i * i));
  const { logits } = await session.run({ image: new Tensor('float32', values, shape) });
  assert.ok(logits);
  return logits as Tensor & { data: Float32Array };
}

test('a made-up network runs in ONNX Runtime with batches of any size and gives finite numbers', async () => {
  const model = buildResNet(small);
  for (const images of [1, 3]) {
    const { dims, data } = await logitsOf(model, images);
    assert.deepEqual(dims, [images, 7]);
    assert.ok(data.every(Number.isFinite));
    assert.ok(
      data.some((value) => Math.abs(value) > 0.01),
      'the image reaches the output',
    );
  }
});

test('the description says what the file really takes and gives', async () => {
  const { bytes, description } = buildResNet(small);
  const { inputMetadata, outputMetadata } = await InferenceSession.create(bytes);
  for (const [specs, metadata] of [
    [description.inputs, inputMetadata],
    [description.outputs, outputMetadata],
  ] as const) {
    const found = metadata.map((value) => {
      assert.ok(value.isTensor);
      assert.equal(value.type, 'float32');
      return {
        name: value.name,
        dataType: 'FP32',
        shape: value.shape.map((size) => (typeof size === 'string' ? null : size)),
      };
    });
    assert.deepEqual(specs, found);
  }
});

test('equal options give equal bytes, and another seed gives others of the same size', () => {
  const { bytes } = buildResNet(small);
  assert.deepEqual(buildResNet(small).bytes, bytes);
  const other = buildResNet({ ...small, seed: 2 }).bytes;
  assert.equal(other.length, bytes.length);
  assert.notDeepEqual(other, bytes);
});

test('the outputs neither explode nor vanish in a deep network', async () => {
  const { data } = await logitsOf(buildResNet({ ...small, blocks: [8, 8, 8] }), 1);
  const largest = Math.max(...data.map(Math.abs));
  assert.ok(largest > 0.01 && largest < 100, `the largest logit is ${largest}`);
});

test('parameters are counted as the layers have them', () => {
  const conv = (inputs: number, outputs: number, kernel: number) => inputs * outputs * kernel ** 2 + outputs;
  const block = (inputs: number, inner: number) =>
    conv(inputs, inner, 1) + conv(inner, inner, 3) + conv(inner, inner * 4, 1);
  const stem = conv(3, 4, 7);
  const first = block(4, 4) + conv(4, 16, 1);
  const second = block(16, 8) + conv(16, 32, 1) + block(32, 8);
  assert.equal(buildResNet(small).parameters, stem + first + second + 32 * 7 + 7);
});

test('ResNet-18 has the parameters of ResNet-18 and gives finite numbers', async () => {
  const { parameters, bytes } = buildResNet18({ seed: 18 });
  // As torchvision has it (11,689,512), without the 4,800 of batch normalization that the convolutions' biases replace.
  assert.equal(parameters, 11_684_712);
  const session = await InferenceSession.create(bytes);
  const image = new Tensor('float32', new Float32Array(3 * 224 * 224).fill(0.5), [1, 3, 224, 224]);
  const { logits } = await session.run({ image });
  assert.ok((logits?.data as Float32Array).every(Number.isFinite));
});
