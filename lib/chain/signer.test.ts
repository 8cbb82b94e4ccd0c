import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Keyring } from '@polkadot/keyring';
import { blake2AsU8a, cryptoWaitReady, encodeAddress, mnemonicGenerate } from '@polkadot/util-crypto';

import { accountFromSecret, signatureOf, type SigningKey } from './signer.ts';

const phrase = mnemonicGenerate();
const words = phrase.split(' ');

for (const secret of ['//Alice', '//Alice//stash', phrase, `${phrase}//hard/soft`, `0x${'ab'.repeat(32)}`, ` ${phrase}\n`]) {
  test(`a secret of ${secret.split(' ').length} words that begins with ${secret.slice(0, 3)} gives an account`, async () => {
    assert.equal((await accountFromSecret(secret)).pair.publicKey.length, 32);
  });
}

const wrong = {
  'nothing': '',
  'a text': 'no phrase at all',
  'a phrase that lost a word': words.slice(1).join(' '),
  'a phrase with a word too many': `${phrase} zoo`,
  'a seed that lost a digit': `0x${'ab'.repeat(31)}a`,
  'a seed without 0x': 'ab'.repeat(32),
};
for (const [what, secret] of Object.entries(wrong)) {
  test(`${what} is no secret, and the error does not quote it`, async () => {
    await assert.rejects(accountFromSecret(secret), (error: Error) => {
      assert.equal(error.name, 'InvalidSecret');
      return secret === '' || !error.message.includes(secret);
    });
  });
}

/** A key of Web Crypto that cannot be read, as a browser keeps it, and the keyring's view of its public half. */
async function webCryptoKey() {
  await cryptoWaitReady();
  const { publicKey, privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  const asked: Uint8Array[] = [];
  const key: SigningKey = {
    kind: 'signingKey',
    address: encodeAddress(raw),
    sign: async (message) => {
      asked.push(message);
      return new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, new Uint8Array(message)));
    },
  };
  return { key, asked, pair: new Keyring({ type: 'ed25519' }).addFromAddress(raw) };
}

for (const length of [1, 255, 256]) {
  test(`a signing key signs a payload of ${length} bytes as it is, and the keyring finds it right`, async () => {
    const { key, asked, pair } = await webCryptoKey();
    const payload = crypto.getRandomValues(new Uint8Array(length));
    const [kind, ...signature] = await signatureOf(key, payload);
    assert.equal(kind, 0);
    assert.deepEqual(asked, [payload]);
    assert.ok(pair.verify(payload, Uint8Array.from(signature), pair.publicKey));
    payload[0] = (payload[0] ?? 0) ^ 1;
    assert.equal(pair.verify(payload, Uint8Array.from(signature), pair.publicKey), false);
  });
}

test('of a payload of more than 256 bytes a signing key signs the hash, as the chain wants it', async () => {
  const { key, pair } = await webCryptoKey();
  const payload = crypto.getRandomValues(new Uint8Array(257));
  const signature = (await signatureOf(key, payload)).subarray(1);
  assert.ok(pair.verify(blake2AsU8a(payload, 256), signature, pair.publicKey));
  assert.equal(pair.verify(payload, signature, pair.publicKey), false);
});

test('a key that fails, or gives something else than a signature, sends nothing', async () => {
  const { key } = await webCryptoKey();
  const failing: SigningKey = { ...key, sign: () => Promise.reject(new Error('it is locked')) };
  await assert.rejects(signatureOf(failing, new Uint8Array(8)), {
    name: 'TransactionRefused',
    message: 'The key did not sign: it is locked',
  });
  for (const bytes of [0, 63, 65]) {
    const wrong: SigningKey = { ...key, sign: () => Promise.resolve(new Uint8Array(bytes)) };
    await assert.rejects(signatureOf(wrong, new Uint8Array(8)), { name: 'TransactionRefused' });
  }
});
