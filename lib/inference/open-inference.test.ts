import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './open-inference.ts';
import { encodeBytes, fromNumbers, toNumbers } from './tensor.ts';
import type { Tensor } from './types.ts';
import { dataTypes } from '../market/types.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const fromText = (text: string) => decodeRequest({ headerLength: null, body: bytes(text) });
const oneInput = (input: object) => JSON.stringify({ inputs: [{ name: 'x', ...input }] });

/** A body with this header and these bytes after it. */
function received(header: object, binary: readonly number[]) {
  const json = bytes(JSON.stringify(header));
  return { headerLength: json.length, body: Uint8Array.from([...json, ...binary]) };
}

const tensors: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.constantFrom(...dataTypes),
    fc.array(fc.nat(4), { maxLength: 3 }),
  )
  .chain(([name, dataType, shape]) => {
    const count = shape.reduce((product, dimension) => product * dimension, 1);
    if (dataType === 'BYTES') {
      return fc
        .array(fc.uint8Array({ maxLength: 9 }), { minLength: count, maxLength: count })
        .map((elements): Tensor => ({ name, dataType, shape, data: encodeBytes(elements) }));
    }
    return fc
      .array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count })
      .map((values) => fromNumbers(name, dataType, shape, values));
  });
const requests = fc.record(
  { id: fc.string({ maxLength: 20 }), inputs: fc.array(tensors, { minLength: 1, maxLength: 4 }) },
  { noNullPrototype: true },
);

test('the request of the extension’s own example is understood', () => {
  const header = {
    model_name: 'mymodel',
    inputs: [
      { name: 'input0', shape: [2, 2], datatype: 'UINT32', parameters: { binary_data_size: 16 } },
      { name: 'input1', shape: [3], datatype: 'BOOL', parameters: { binary_data_size: 3 } },
    ],
    outputs: [{ name: 'output0', parameters: { binary_data: true } }],
  };
  const { inputs, wanted } = decodeRequest(received(header, [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1]));
  assert.deepEqual(
    inputs.map((input) => [input.name, input.dataType, input.shape, [...toNumbers(input)]]),
    [
      ['input0', 'UINT32', [2, 2], [1, 2, 3, 256]],
      ['input1', 'BOOL', [3], [1, 0, 1]],
    ],
  );
  assert.deepEqual(wanted.names, ['output0']);
  assert.equal(wanted.isBinary('output0'), true);
});

test('requests and responses come back as they went in, in binary', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const { wanted, ...decoded } = decodeRequest(encodeRequest(request));
      assert.deepEqual(decoded, request);
      assert.equal(wanted.names, null);
      assert.equal(wanted.isBinary('anything'), true);
    }),
  );
  fc.assert(
    fc.property(requests, ({ id, inputs: outputs }) => {
      const response = { id, model: 'm', version: '3', outputs };
      assert.deepEqual(decodeResponse(encodeResponse(response)), response);
    }),
  );
});

test('tensors come back as they went in as JSON, where JSON can express them', () => {
  const text = (tensor: Tensor) => tensor.dataType !== 'BYTES';
  fc.assert(
    fc.property(fc.array(tensors.filter(text), { minLength: 1, maxLength: 3 }), (inputs) => {
      const { headerLength, body } = encodeRequest({ inputs }, false);
      assert.equal(headerLength, body.length);
      assert.deepEqual(decodeRequest({ headerLength: null, body }).inputs, inputs);
    }),
  );
  const words = { name: 'x', dataType: 'BYTES', shape: [2], data: encodeBytes([bytes('hé'), bytes('')]) } as const;
  assert.deepEqual(decodeRequest(encodeRequest({ inputs: [words] }, false)).inputs, [words]);
});

test('nested JSON data is read row by row', () => {
  const { inputs } = fromText(oneInput({ datatype: 'INT32', shape: [2, 2], data: [[1, 2], [3, 4]] })); // prettier-ignore
  assert.deepEqual(inputs.map((input) => [...toNumbers(input)]), [[1, 2, 3, 4]]); // prettier-ignore
});

test('what JSON cannot express is sent in binary or not at all', () => {
  const outputs = {
    number: fromNumbers('x', 'FP32', [1], [NaN]),
    big: fromNumbers('x', 'INT64', [1], [2 ** 60]),
    bytes: { name: 'x', dataType: 'BYTES', shape: [1], data: encodeBytes([Uint8Array.of(255)]) },
  } as const;
  for (const output of Object.values(outputs)) {
    const response = { model: 'm', outputs: [output] };
    assert.throws(() => encodeResponse(response, () => false), {
      name: 'InvalidTensor',
      message: /Ask for it in binary/,
    });
    assert.deepEqual(decodeResponse(encodeResponse(response)).outputs, [output]);
  }
});

test('a client chooses the outputs, and for each whether it is binary', () => {
  const header = {
    parameters: { binary_data_output: true },
    outputs: [{ name: 'a' }, { name: 'b', parameters: { binary_data: false } }],
    inputs: [{ name: 'x', datatype: 'UINT8', shape: [1], data: [1] }],
  };
  const { wanted } = fromText(JSON.stringify(header));
  assert.deepEqual(wanted.names, ['a', 'b']);
  assert.deepEqual(['a', 'b'].map(wanted.isBinary), [true, false]);
  const outputs = [fromNumbers('a', 'UINT8', [2], [7, 8]), fromNumbers('b', 'UINT8', [1], [9])];
  const { headerLength, body } = encodeResponse({ model: 'm', outputs }, wanted.isBinary);
  assert.deepEqual([...body.subarray(headerLength)], [7, 8]);
  assert.deepEqual(decodeResponse({ headerLength, body }).outputs, outputs);
});

test('a malformed request is refused as such', () => {
  const malformed: Record<string, () => unknown> = {
    'no JSON': () => fromText('{"inputs": ['),
    'not UTF-8': () => decodeRequest({ headerLength: null, body: Uint8Array.of(34, 255, 34) }),
    empty: () => decodeRequest({ headerLength: null, body: new Uint8Array() }),
    'no object': () => fromText('[1]'),
    'no inputs': () => fromText('{"inputs": []}'),
    'an unknown data type': () => fromText(oneInput({ datatype: 'FP8', shape: [1], data: [1] })),
    'a negative dimension': () => fromText(oneInput({ datatype: 'FP32', shape: [-1], data: [1] })),
    'a dimension that is no integer': () => fromText(oneInput({ datatype: 'FP32', shape: [1.5], data: [1] })),
    'too many dimensions': () => fromText(oneInput({ datatype: 'FP32', shape: new Array(9).fill(1), data: [1] })),
    'too many inputs': () =>
      fromText(JSON.stringify({ inputs: new Array(65).fill({ name: 'x', datatype: 'UINT8', shape: [0], data: [] }) })),
    'a header beyond the body': () => decodeRequest({ headerLength: 99, body: bytes('{}') }),
    'a header length that is no number': () => decodeRequest({ headerLength: NaN, body: bytes('{}') }),
    'data beyond the body': () =>
      decodeRequest(
        received({ inputs: [{ name: 'x', datatype: 'UINT8', shape: [2], parameters: { binary_data_size: 2 } }] }, [1]),
      ),
    'bytes after the last tensor': () =>
      decodeRequest(
        received(
          { inputs: [{ name: 'x', datatype: 'UINT8', shape: [1], parameters: { binary_data_size: 1 } }] },
          [1, 2],
        ),
      ),
    'data in both forms': () =>
      decodeRequest(
        received(
          { inputs: [{ name: 'x', datatype: 'UINT8', shape: [1], parameters: { binary_data_size: 1 }, data: [1] }] },
          [1],
        ),
      ),
  };
  for (const [what, decode] of Object.entries(malformed)) assert.throws(decode, { name: 'InvalidRequest' }, what);
});

test('a tensor whose data does not belong to it is refused as such', () => {
  const invalid: Record<string, object> = {
    'no data': { datatype: 'FP32', shape: [1] },
    'too few': { datatype: 'FP32', shape: [2], data: [1] },
    'too many': { datatype: 'FP32', shape: [1], data: [1, 2] },
    'nested deeper than the shape': { datatype: 'FP32', shape: [1], data: [[1]] },
    text: { datatype: 'FP32', shape: [1], data: ['1'] },
    'beyond FP32': { datatype: 'FP32', shape: [1], data: [1e39] },
    'beyond FP16': { datatype: 'FP16', shape: [1], data: [70_000] },
    'a fraction': { datatype: 'INT32', shape: [1], data: [1.5] },
    'out of range': { datatype: 'UINT8', shape: [1], data: [256] },
    'beyond 2^53': { datatype: 'INT64', shape: [1], data: [2 ** 60] },
    'a number for BOOL': { datatype: 'BOOL', shape: [1], data: [1] },
    'a number for BYTES': { datatype: 'BYTES', shape: [1], data: [1] },
    'an impossible shape': { datatype: 'FP32', shape: [2 ** 40, 2 ** 40], data: [] },
  };
  for (const [what, input] of Object.entries(invalid)) {
    assert.throws(() => fromText(oneInput(input)), { name: 'InvalidTensor' }, what);
  }
  const header = { inputs: [{ name: 'x', datatype: 'FP32', shape: [2], parameters: { binary_data_size: 4 } }] };
  assert.throws(() => decodeRequest(received(header, [0, 0, 0, 0])), {
    name: 'InvalidTensor',
    message: /needs 8 bytes/,
  });
});

test('names of things that every object has are names like others', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const inputs = [fromNumbers(name, 'UINT8', [1], [1])];
    assert.deepEqual(decodeRequest(encodeRequest({ inputs })).inputs, inputs);
    const { wanted } = fromText(
      JSON.stringify({ inputs: [{ name, datatype: 'UINT8', shape: [0], data: [] }], outputs: [] }),
    );
    assert.equal(wanted.isBinary(name), false);
  }
  assert.throws(
    () => fromText('{"__proto__": {"inputs": [{"name": "x", "datatype": "UINT8", "shape": [0], "data": []}]}}'),
    {
      name: 'InvalidRequest',
    },
  );
});

test('deeply nested JSON is refused without harm', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  assert.throws(() => fromText(`{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":${deep}}]}`), {
    name: 'InvalidTensor',
  });
  assert.throws(() => fromText(deep), { name: 'InvalidRequest' });
});

test('whatever bytes come, a request is decoded or refused by name', () => {
  const refusedByName = (decode: () => unknown, names: readonly string[]) => {
    try {
      decode();
    } catch (error) {
      assert.ok(error instanceof Error && names.includes(error.name), String(error));
    }
  };
  const request = ['InvalidRequest', 'InvalidTensor'];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.option(fc.nat(250)), (body, headerLength) => {
      refusedByName(() => decodeRequest({ headerLength, body }), request);
      refusedByName(() => decodeResponse({ headerLength, body }), ['InvalidResponse']);
    }),
  );
  fc.assert(fc.property(fc.json(), (json) => refusedByName(() => fromText(json), request)));
  // Valid ones with a few bytes changed come further than noise does.
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(requests, changes, fc.integer({ min: -3, max: 3 }), fc.boolean(), (valid, changed, shift, binary) => {
      const words = valid.inputs.some(({ dataType }) => dataType === 'BYTES');
      const { headerLength, body } = encodeRequest(valid, binary || words);
      for (const [place, value] of changed) body[place % body.length] = value;
      refusedByName(() => decodeRequest({ headerLength: headerLength + shift, body }), request);
    }),
    { numRuns: 500 },
  );
});
