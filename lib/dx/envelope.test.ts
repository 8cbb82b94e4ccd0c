import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import fc from 'fast-check';

import { ENVELOPE_OVERHEAD, generateKeyPair, open, seal, type EnvelopeContext } from './envelope.ts';
import { suite, suites } from './hpke.ts';

interface Vectors {
  readonly info: string;
  readonly pkEm: string;
  readonly skEm: string;
  readonly pkRm: string;
  readonly skRm: string;
  readonly enc: string;
  readonly plaintext: string;
  readonly encryptions: readonly { readonly sequence: number; readonly aad: string; readonly ciphertext: string }[];
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'rfc9180-a1.json'), 'utf8')) as Vectors;
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (data: ArrayBuffer) => Buffer.from(data).toString('hex');

const place: EnvelopeContext = { genesisHash: `0x${'5a'.repeat(32)}`, agreement: 7, index: 3, kind: 'payload' };
const isCannotDecrypt = { name: 'CannotDecrypt' };

for (const [how, suite] of Object.entries(suites)) {
  test(`the ${how} suite seals as RFC 9180 says`, async () => {
    const sender = await suite.createSenderContext({
      recipientPublicKey: await suite.kem.deserializePublicKey(bytes(vectors.pkRm)),
      info: bytes(vectors.info),
      ekm: {
        publicKey: await suite.kem.deserializePublicKey(bytes(vectors.pkEm)),
        privateKey: await suite.kem.deserializePrivateKey(bytes(vectors.skEm)),
      },
    });
    assert.equal(hex(sender.enc), vectors.enc);
    for (const { aad, ciphertext } of vectors.encryptions) {
      assert.equal(hex(await sender.seal(bytes(vectors.plaintext), bytes(aad))), ciphertext);
    }
  });

  test(`the ${how} suite opens as RFC 9180 says`, async () => {
    const recipient = await suite.createRecipientContext({
      recipientKey: await suite.kem.deserializePrivateKey(bytes(vectors.skRm)),
      enc: bytes(vectors.enc),
      info: bytes(vectors.info),
    });
    for (const { aad, ciphertext } of vectors.encryptions) {
      assert.equal(hex(await recipient.open(bytes(ciphertext), bytes(aad))), vectors.plaintext);
    }
  });

  test(`the ${how} suite refuses a key to which every secret would be the same`, async () => {
    const recipientPublicKey = await suite.kem.deserializePublicKey(new Uint8Array(32));
    await assert.rejects(suite.seal({ recipientPublicKey }, new Uint8Array(1)));
  });
}

test('the platform’s own X25519 is used where there is one', async () => {
  assert.equal(await suite(), suites.native);
});

test('an envelope is opened with the right key in the right place, and has the stated overhead', async () => {
  const { publicKey, privateKey } = await generateKeyPair();
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 3000 }),
      fc.maxSafeNat(),
      fc.nat({ max: 0xffff_ffff }),
      fc.constantFrom('payload' as const, 'result' as const),
      async (plaintext, agreement, index, kind) => {
        const context = { ...place, agreement, index, kind };
        const envelope = await seal(plaintext, publicKey, context);
        assert.equal(envelope.length, plaintext.length + ENVELOPE_OVERHEAD);
        assert.deepEqual(await open(envelope, privateKey, context), new Uint8Array(plaintext));
      },
    ),
    { numRuns: 50 },
  );
});

test('an envelope of which any bit was changed cannot be opened', async () => {
  const { publicKey, privateKey } = await generateKeyPair();
  const envelope = await seal(new TextEncoder().encode('payload'), publicKey, place);
  for (let bit = 0; bit < envelope.length * 8; bit++) {
    const changed = envelope.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await assert.rejects(open(changed, privateKey, place), isCannotDecrypt, `bit ${bit}`);
  }
});

test('an envelope for another place cannot be opened', async () => {
  const { publicKey, privateKey } = await generateKeyPair();
  const envelope = await seal(new TextEncoder().encode('payload'), publicKey, place);
  const others: EnvelopeContext[] = [
    { ...place, genesisHash: `0x${'5b'.repeat(32)}` },
    { ...place, agreement: 8 },
    { ...place, agreement: 7 + 2 ** 32 },
    { ...place, index: 4 },
    { ...place, kind: 'result' },
  ];
  for (const other of others) await assert.rejects(open(envelope, privateKey, other), isCannotDecrypt);
});

test('an envelope for another key cannot be opened', async () => {
  const [mine, theirs] = [await generateKeyPair(), await generateKeyPair()];
  const envelope = await seal(new Uint8Array(10), theirs.publicKey, place);
  await assert.rejects(open(envelope, mine.privateKey, place), isCannotDecrypt);
});

test('whatever bytes are taken for an envelope, the answer is that they cannot be decrypted', async () => {
  const { privateKey } = await generateKeyPair();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (garbage) => {
      await assert.rejects(open(garbage, privateKey, place), isCannotDecrypt);
    }),
  );
});

test('two envelopes of the same payload have nothing in common but the version', async () => {
  const { publicKey } = await generateKeyPair();
  const [first, second] = [
    await seal(new Uint8Array(32), publicKey, place),
    await seal(new Uint8Array(32), publicKey, place),
  ];
  assert.equal(first[0], second[0]);
  assert.notDeepEqual(first.subarray(1, 33), second.subarray(1, 33));
  assert.notDeepEqual(first.subarray(33), second.subarray(33));
});

test('a key or a place that cannot be one is refused before anything is encrypted', async () => {
  const { publicKey, privateKey } = await generateKeyPair();
  await assert.rejects(seal(new Uint8Array(), publicKey.subarray(1), place), RangeError);
  await assert.rejects(open(new Uint8Array(100), privateKey.subarray(1), place), RangeError);
  for (const lowOrder of [new Uint8Array(32), new Uint8Array(32).fill(1, 0, 1)]) {
    await assert.rejects(seal(new Uint8Array(), lowOrder, place), { name: 'RangeError', message: /low order/ });
  }
  for (const wrong of [{ agreement: -1 }, { agreement: 1.5 }, { index: 2 ** 32 }, { genesisHash: '0x12' as const }]) {
    await assert.rejects(seal(new Uint8Array(), publicKey, { ...place, ...wrong }), RangeError);
  }
});
