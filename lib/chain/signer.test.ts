import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mnemonicGenerate } from '@polkadot/util-crypto';

import { accountFromSecret } from './signer.ts';

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
