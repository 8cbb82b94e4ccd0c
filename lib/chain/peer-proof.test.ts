import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hexOf } from './bytes.ts';
import { peerProofMessage } from './peer-proof.ts';

test('the message of a peer proof depends on chain and account, and on nothing else', () => {
  const alice = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY';
  // The address of the same account with the prefix of another chain.
  const elsewhere = '15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5';
  const message = peerProofMessage(`0x${'01'.repeat(32)}`, alice);
  assert.equal(message.length, 32);
  assert.equal(hexOf(peerProofMessage(`0x${'01'.repeat(32)}`, elsewhere)), hexOf(message));
  assert.notEqual(hexOf(peerProofMessage(`0x${'02'.repeat(32)}`, alice)), hexOf(message));
});
