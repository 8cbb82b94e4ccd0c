import assert from 'node:assert/strict';
import { test } from 'node:test';

import { generateKeyPair, seal } from '../dx/envelope.ts';
import type { Hex } from '../market/types.ts';
import { keyProblem } from './consumer-key.ts';

const place = { genesisHash: `0x${'5a'.repeat(32)}`, agreement: 1, index: 0, kind: 'result' } as const;
const inline = (hex: Hex) => keyProblem({ scheme: 0, material: { inline: hex } });
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

test('to a key that is made for it results can be sealed', async () => {
  const { publicKey } = await generateKeyPair();
  assert.equal(inline(`0x${Buffer.from(publicKey).toString('hex')}`), null);
});

for (const digits of [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]) {
  test(`the point ${digits.slice(0, 6)}... of low order is known, whatever its highest bit, and nothing is sealed to it`, async () => {
    const high = digits.slice(0, -2) + (Number.parseInt(digits.slice(-2), 16) | 0x80).toString(16);
    for (const hex of [digits, high]) {
      assert.match(inline(`0x${hex}`) ?? '', /low order/);
      await assert.rejects(seal(new Uint8Array(1), bytesOf(hex), place), RangeError);
    }
  });
}

test('a key of another scheme, in another place or of another length is refused', () => {
  assert.match(keyProblem({ scheme: 7, material: { inline: '0x01' } }) ?? '', /scheme 7/);
  assert.match(keyProblem({ scheme: 0, material: { content: 'bafkrei' } }) ?? '', /on Dx/);
  assert.match(inline(`0x${'11'.repeat(31)}`) ?? '', /31 bytes/);
});
