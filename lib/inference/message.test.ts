import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import fc from 'fast-check';

import { commitmentOf, frame, newSalt, packResult, unframe, unpackResult } from './message.ts';
import { decodeRequest, encodeRequest } from './open-inference.ts';
import { fromNumbers } from './tensor.ts';

test('a message is the length of the header in 32 bits, little endian, and the HTTP body unchanged', () => {
  const message = frame({ headerLength: 258, body: new Uint8Array(300).fill(7) });
  assert.deepEqual([...message.subarray(0, 4)], [2, 1, 0, 0]);
  assert.deepEqual(message.subarray(4), new Uint8Array(300).fill(7));
});

test('a request comes out of its message as it went in, also from the middle of other memory', () => {
  const request = { id: 'a', inputs: [fromNumbers('x', 'FP32', [2], [1, 2])] };
  const message = frame(encodeRequest(request));
  const memory = new Uint8Array(message.length + 7).fill(255);
  memory.set(message, 3);
  const { wanted, ...decoded } = decodeRequest(unframe(memory.subarray(3, 3 + message.length)));
  assert.deepEqual(decoded, request);
  assert.equal(wanted.names, null);
});

test('whatever bytes come, a message is taken apart within its bounds or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      try {
        const { headerLength, body } = unframe(bytes);
        assert.ok(headerLength <= body.length && body.length === bytes.length - 4);
      } catch (error) {
        assert.ok(error instanceof Error && error.name === 'InvalidRequest', String(error));
      }
    }),
  );
  assert.throws(() => unframe(Uint8Array.of(1, 0, 0)), { name: 'InvalidRequest' });
  assert.throws(() => unframe(Uint8Array.of(2, 0, 0, 0, 9)), { name: 'InvalidRequest', message: /2 bytes; only 1/ });
});

test('a result is its salt and its message, and the commitment is the SHA-256 of both', async () => {
  const salt = newSalt();
  const message = frame({ headerLength: 2, body: new TextEncoder().encode('{}') });
  const result = packResult(salt, message);
  assert.deepEqual(unpackResult(result), { salt, message });
  const expected = createHash('sha256').update(salt).update(message).digest('hex');
  assert.equal(await commitmentOf(result), `0x${expected}`);
  const shared = new Uint8Array(new SharedArrayBuffer(result.length));
  shared.set(result);
  assert.equal(await commitmentOf(shared), `0x${expected}`);
});

test('a salt of another length and a result that is too short are refused', () => {
  assert.throws(() => packResult(new Uint8Array(31), new Uint8Array(4)), RangeError);
  assert.throws(() => unpackResult(new Uint8Array(35)), { name: 'InvalidResponse' });
});
