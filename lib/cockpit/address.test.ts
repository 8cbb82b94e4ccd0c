import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseAddress } from './address.ts';

const alice = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY';

test('an address is read, of another chain too, and gets the prefix of this one', () => {
  assert.equal(parseAddress(`  ${alice}\n`, 42), alice);
  assert.equal(parseAddress('15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5', 42), alice);
});

for (const [what, text, said] of [
  ['nothing', ' ', /Enter an address/],
  ['hexadecimal', '0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d', /hexadecimal/],
  ['a mistake', alice.replace('Q', 'R'), /mistake in it/],
  ['a name', 'Alice', /no address/],
  // Decoding base58 of this length would take minutes.
  ['a whole text', '1'.repeat(1_000_000), /too long/],
] as const) {
  test(`${what} is refused with what is wrong`, () => {
    assert.throws(() => parseAddress(text, 42), { name: 'InvalidAddress', message: said });
  });
}
