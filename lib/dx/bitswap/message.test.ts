import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { create } from 'multiformats/hashes/digest';

import { decodeMessage, encodeMessage } from './message.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((data) => new Uint8Array(data));
const cid = fc
  .tuple(fc.constantFrom(raw.code, 0x70), fc.uint8Array({ minLength: 32, maxLength: 32 }))
  .map(([code, digest]) => CID.createV1(code, create(0x12, new Uint8Array(digest))));

test('a message is read as it was written', () => {
  const message = fc.record({
    wants: fc.array(
      fc.record({
        cid,
        type: fc.constantFrom('block' as const, 'have' as const),
        cancel: fc.boolean(),
        sendDontHave: fc.boolean(),
      }),
    ),
    blocks: fc.array(fc.record({ cid, bytes })),
    presences: fc.array(fc.record({ cid, has: fc.boolean() })),
  });
  fc.assert(
    fc.property(message, ({ wants, blocks, presences }) => {
      const read = decodeMessage(encodeMessage({ wants, blocks, presences }));
      const plain = <T extends { cid: CID }>(list: readonly T[]) => list.map((e) => ({ ...e, cid: e.cid.toString() }));
      assert.deepEqual(plain(read.wants), plain(wants));
      assert.deepEqual(plain(read.presences), plain(presences));
      assert.equal(read.full, false);
      assert.deepEqual(
        read.blocks.map((block) => ({ ...block, bytes: [...block.bytes] })),
        blocks.map((block) => ({
          version: 1,
          codec: block.cid.code,
          hash: 0x12,
          digestBytes: 32,
          bytes: [...block.bytes],
        })),
      );
    }),
  );
});

test('whatever bytes come, they are read or refused by name', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
      try {
        decodeMessage(new Uint8Array(garbage));
      } catch (error) {
        assert.equal((error as Error).name, 'InvalidMessage');
      }
    }),
    { numRuns: 2000 },
  );
});

test('a message that was cut short is refused', () => {
  const whole = encodeMessage({
    wants: [],
    blocks: [
      { cid: CID.parse('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'), bytes: new Uint8Array(50) },
    ],
    presences: [],
  });
  for (let length = 1; length < whole.length; length++) {
    assert.throws(() => decodeMessage(whole.subarray(0, length)), { name: 'InvalidMessage' });
  }
});

test('fields that are not known are passed over, whatever their type', () => {
  // Fields 15 (a number of ten bytes), 14 (eight bytes), 13 (four bytes) and 12 (counted bytes), then a full want list.
  const unknown = [0x78, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0x71, 1, 2, 3, 4, 5, 6, 7, 8];
  const message = Uint8Array.from([...unknown, 0x6d, 1, 2, 3, 4, 0x62, 2, 9, 9, 0x0a, 2, 0x10, 1]);
  assert.deepEqual(decodeMessage(message), { wants: [], full: true, blocks: [], presences: [] });
});
