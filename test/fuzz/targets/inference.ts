/** What a provider and a consumer read of each other once the envelope is open, and what they read of models. */
import assert from 'node:assert/strict';

import { readOnnxHeader } from '../../../lib/cockpit/onnx.ts';
import { parseDescription } from '../../../lib/inference/description.ts';
import { decodeImage } from '../../../lib/inference/image.node.ts';
import { imageToTensor } from '../../../lib/inference/image.ts';
import { toJson } from '../../../lib/inference/json-data.ts';
import { frame, SALT_LENGTH, unframe, unpackResult } from '../../../lib/inference/message.ts';
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type Encoded,
} from '../../../lib/inference/open-inference.ts';
import type { Tensor } from '../../../lib/inference/types.ts';
import { describedOutputs, validateOneInference } from '../../../lib/inference/validate.ts';
import { descriptions } from '../../support/inference.ts';
import { anyText, jsonAfterLength, wholeJson } from '../json.ts';
import type { Target } from '../target.ts';

/** The most pixels: decoding images of any size would be a test of memory alone. */
const maxPixels = 250_000;

export const inferenceTargets: readonly Target[] = [
  {
    name: 'inference-request',
    refusals: ['InvalidRequest', 'InvalidTensor'],
    json: jsonAfterLength(0),
    read: (bytes) => {
      const { wanted, ...request } = decodeRequest(unframe(bytes));
      assert.equal(typeof wanted.isBinary('any'), 'boolean');
      sameAgain(encodeRequest(request), (encoded) => encodeRequest(decodeRequest(encoded)));
      read(request.inputs);
      validateOneInference(descriptions.types, request);
    },
  },
  {
    name: 'inference-request-json',
    refusals: ['InvalidRequest', 'InvalidTensor'],
    json: wholeJson,
    read: (bytes) => {
      const request = decodeRequest({ headerLength: null, body: bytes });
      sameAgain(encodeRequest(request, false), (encoded) => encodeRequest(decodeRequest(encoded), false));
    },
  },
  {
    name: 'inference-result',
    // That the length of its header is wrong is said by the same name as of a request.
    refusals: ['InvalidResponse', 'InvalidRequest', 'InvalidTensor', 'ExecutionFailed'],
    json: jsonAfterLength(SALT_LENGTH),
    read: (bytes) => {
      const response = decodeResponse(unframe(unpackResult(bytes).message));
      sameAgain(encodeResponse(response), (encoded) => encodeResponse(decodeResponse(encoded)));
      read(response.outputs);
      describedOutputs(descriptions.types, response);
    },
  },
  {
    name: 'inference-description',
    refusals: ['InvalidDescription'],
    json: wholeJson,
    read: (bytes) => {
      const text = JSON.stringify(parseDescription(anyText(bytes)));
      assert.equal(JSON.stringify(parseDescription(text)), text);
    },
  },
  {
    name: 'inference-image',
    refusals: ['UnreadableImage'],
    read: async (bytes) => {
      const image = await decodeImage(bytes, { maxPixels });
      assert.equal(image.data.length, image.width * image.height * 4);
      const { shape } = imageToTensor(image, {
        ...descriptions.classifier,
        image: { channels: 'gray', layout: 'nchw', fit: 'contain', mean: [0.5], std: [0.5] },
      });
      assert.deepEqual(shape, [1, 1, 8, 8]);
    },
  },
  {
    name: 'inference-onnx',
    refusals: ['NotOnnx'],
    read: (bytes) => {
      const { irVersion, opset, producer } = readOnnxHeader(bytes);
      assert.ok(irVersion >= 1 && opset >= 0);
      assert.ok(producer.length <= bytes.length);
    },
  },
];

/** What was read is written in one way, and read from there again as the same. */
function sameAgain(written: Encoded, again: (encoded: Encoded) => Encoded): void {
  assert.deepEqual(frame(again(written)), frame(written));
}

/** Tensors that were taken can be read to their ends; some hold what JSON cannot express. */
function read(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) {
    try {
      toJson(tensor);
    } catch (error) {
      assert.equal((error as Error).name, 'InvalidTensor');
    }
  }
}
