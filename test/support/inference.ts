/** The small ONNX models of test/fixtures/inference, with their descriptions. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';

import { disableOnnxruntimeTelemetry } from '../../lib/inference/node/no-telemetry.ts';
import { fromNumbers, view } from '../../lib/inference/tensor.ts';
import type { RunnableModel, Tensor } from '../../lib/inference/types.ts';
import type { Description, TensorSpec } from '../../lib/market/types.ts';
import { root } from '../../scripts/lib/paths.ts';

/** A description with these tensors, and nothing else that matters. */
export function describeTensors(inputs: readonly TensorSpec[], outputs: readonly TensorSpec[]): Description {
  return {
    name: 'Test',
    licence: 'Apache-2.0',
    inputs,
    outputs,
    image: null,
    labels: { kind: 'none' },
    tolerance: 1e-4,
  };
}

const classifier = (batch: number | null) =>
  describeTensors(
    [{ name: 'image', dataType: 'FP32', shape: [batch, 1, 8, 8] }],
    [{ name: 'logits', dataType: 'FP32', shape: [batch, 3] }],
  );

/** What `make.py` beside the models says of them. */
export const descriptions = {
  classifier: classifier(null),
  'classifier-fixed': classifier(1),
  pick: describeTensors(
    [
      { name: 'values', dataType: 'FP32', shape: [null, 4] },
      { name: 'index', dataType: 'INT64', shape: [null, 1] },
    ],
    [{ name: 'picked', dataType: 'FP32', shape: [null, 1] }],
  ),
  distinct: describeTensors(
    [{ name: 'values', dataType: 'FP32', shape: [null] }],
    [{ name: 'distinct', dataType: 'FP32', shape: [null] }],
  ),
  types: describeTensors(
    [
      { name: 'amount', dataType: 'INT64', shape: [null] },
      { name: 'keep', dataType: 'BOOL', shape: [null] },
      { name: 'text', dataType: 'BYTES', shape: [null] },
      { name: 'half', dataType: 'FP16', shape: [null] },
    ],
    [
      { name: 'signed', dataType: 'INT64', shape: [null] },
      { name: 'copy', dataType: 'BYTES', shape: [null] },
      { name: 'double', dataType: 'FP16', shape: [null] },
    ],
  ),
} as const satisfies Record<string, Description>;

export type FixtureName = keyof typeof descriptions;

/** The file of one of the models. */
export function fixtureFile(name: FixtureName): string {
  return join(root, 'test', 'fixtures', 'inference', `${name}.onnx`);
}

/** One of the models, with its own description unless another one is given. */
export function fixture(name: FixtureName, description: Description = descriptions[name]): RunnableModel {
  return { name, version: '1', description, bytes: () => readFile(fixtureFile(name)) };
}

/** An input for the classifiers that depends on `seed`. */
export function picture(seed: number, rows = 1): Tensor {
  const values = Array.from({ length: rows * 64 }, (_, i) => Math.sin(seed * 31 + i));
  return fromNumbers('image', 'FP32', [rows, 1, 8, 8], values);
}

/** What onnxruntime says of pictures, without any of this project's code between. */
export async function classifyDirectly(pictures: Tensor): Promise<readonly number[]> {
  disableOnnxruntimeTelemetry();
  const session = await InferenceSession.create(fixtureFile('classifier'));
  const image = new OrtTensor('float32', view(pictures) as Float32Array, pictures.shape);
  const { logits } = await session.run({ image });
  return [...(logits?.data as Float32Array)];
}
