import assert from 'node:assert/strict';
import { test } from 'node:test';

import { generateKeyPair, open, seal } from '../dx/envelope.ts';
import type { Agreement, Hex, PublicKey } from '../market/types.ts';
import { createEnvelopes } from './envelopes.ts';

const genesisHash: Hex = `0x${'ab'.repeat(32)}`;
const text = new TextEncoder().encode('a request');

function inline(key: Uint8Array): PublicKey {
  return { scheme: 0, material: { inline: `0x${Buffer.from(key).toString('hex')}` } };
}

function agreementFor(consumerKey: PublicKey): Agreement {
  return { id: 7, consumerKey } as Agreement;
}

test('A payload for this provider and this place is opened, and any other is refused', async () => {
  const [provider, consumer] = [await generateKeyPair(), await generateKeyPair()];
  const envelopes = createEnvelopes(genesisHash, [provider.privateKey]);
  const agreement = agreementFor(inline(consumer.publicKey));
  const place = { genesisHash, agreement: 7, index: 3, kind: 'payload' } as const;
  const payload = await seal(text, provider.publicKey, place);
  assert.deepEqual(await envelopes.openPayload(payload, agreement, 3), text);
  await assert.rejects(envelopes.openPayload(payload, agreement, 4), { name: 'CannotDecrypt' });
  const foreign = createEnvelopes(`0x${'cd'.repeat(32)}`, [provider.privateKey]);
  await assert.rejects(foreign.openPayload(payload, agreement, 3), { name: 'CannotDecrypt' });
  const result = await seal(text, provider.publicKey, { ...place, kind: 'result' });
  await assert.rejects(envelopes.openPayload(result, agreement, 3), { name: 'CannotDecrypt' });
});

test('A payload for a key from before a change of keys is opened too', async () => {
  const [old, provider] = [await generateKeyPair(), await generateKeyPair()];
  const envelopes = createEnvelopes(genesisHash, [provider.privateKey, old.privateKey]);
  const place = { genesisHash, agreement: 7, index: 0, kind: 'payload' } as const;
  const payload = await seal(text, old.publicKey, place);
  assert.deepEqual(await envelopes.openPayload(payload, agreementFor(inline(old.publicKey)), 0), text);
});

test('A result can be opened by the consumer in its place', async () => {
  const [provider, consumer] = [await generateKeyPair(), await generateKeyPair()];
  const envelopes = createEnvelopes(genesisHash, [provider.privateKey]);
  const sealed = await envelopes.sealResult(text, agreementFor(inline(consumer.publicKey)), 2);
  const place = { genesisHash, agreement: 7, index: 2, kind: 'result' } as const;
  assert.deepEqual(await open(sealed, consumer.privateKey, place), text);
});

test('A consumer’s key that cannot be encrypted to is refused by name', async () => {
  const { privateKey } = await generateKeyPair();
  const envelopes = createEnvelopes(genesisHash, [privateKey]);
  const unknown = agreementFor({ scheme: 5, material: { inline: '0x00' } });
  await assert.rejects(envelopes.sealResult(text, unknown, 0), { name: 'UnsupportedKey', message: /scheme 5/ });
  const onDx = agreementFor({ scheme: 0, material: { content: 'bafkrei' } });
  await assert.rejects(envelopes.sealResult(text, onDx, 0), { name: 'UnsupportedKey', message: /on Dx/ });
});
