import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Offer, Provider } from '../../market/types.ts';
import { operatorInfo, readOffers, type ChainFacts } from './chain-facts.ts';
import { signalsOf } from './start-active.ts';

const envelopeKey = new Uint8Array(32).fill(0x22);
const key = { scheme: 0, material: { inline: `0x${'22'.repeat(32)}` } } as const;
const provider: Provider = {
  ...{ account: 'alice', operator: { account: 'operator', floorPrice: 5n, maxOpen: 2 }, stake: 200n, reserved: 0n },
  profile: { name: 'A tab', key, peer: 'peer', peerProof: '0x00', kind: 'browser' },
  ...{ openBids: 0, openAgreements: 0, registeredAt: 1, leavesAt: null, models: [3] },
};
const facts: ChainFacts = { provider, offers: [], free: 1_010n, existentialDeposit: 10n, fee: 100n, minStake: 200n };
const known = (fields: Partial<ChainFacts>) => {
  const all = { ...facts, ...fields };
  return { ...all, account: 'alice', operator: operatorInfo('operator', all, 0n) };
};
const identity = { envelope: { publicKey: envelopeKey, privateKey: envelopeKey } };

test('the key has its bounds, and money for so many transactions beside what keeps it alive', () => {
  assert.deepEqual(operatorInfo('operator', facts, 0n), {
    ...{ address: 'operator', bounds: { floorPrice: 5n, maxOpen: 2 }, free: 1_010n, transactionsLeft: 10 },
  });
  assert.equal(operatorInfo('operator', facts, 250n).transactionsLeft, 4);
  assert.equal(operatorInfo('operator', { ...facts, free: 9n }, 0n).transactionsLeft, 0);
});

test('a key that is not named, or of no provider, has no bounds', () => {
  assert.equal(operatorInfo('another', facts, 0n).bounds, null);
  assert.equal(operatorInfo('operator', { ...facts, provider: null }, 0n).bounds, null);
});

test('a browser is named when the chain has its operator key and the key that it decrypts with', () => {
  assert.deepEqual(signalsOf(null, identity), { isNamed: null, hasFees: null, hasStake: null });
  const fine = { isNamed: true, hasFees: true, hasStake: true };
  assert.deepEqual(signalsOf(known({}), identity), fine);
  assert.deepEqual(signalsOf(known({ free: 10n }), identity), { ...fine, hasFees: false });
  assert.equal(signalsOf(known({ provider: { ...provider, operator: null } }), identity).isNamed, false);
  const otherKey = { scheme: 0, material: { inline: '0x33' } } as const;
  const replaced = { ...provider, profile: { ...provider.profile, key: otherKey } };
  assert.equal(signalsOf(known({ provider: replaced }), identity).isNamed, false);
});

test('a stake that a penalty has taken below what the market asks for is not enough; none at all is no matter of it', () => {
  const hasStake = (fields: Partial<ChainFacts>) => signalsOf(known(fields), identity).hasStake;
  assert.equal(hasStake({ provider: { ...provider, stake: 200n } }), true);
  assert.equal(hasStake({ provider: { ...provider, stake: 199n } }), false);
  assert.equal(hasStake({ provider: null }), null);
});

test('offers are found on any page', async () => {
  const offers = Array.from({ length: 150 }, (_, i): Offer => ({
    ...{ provider: `p${String(i).padStart(3, '0')}`, version: 1, timeMicroseconds: 1, announcedAt: 1 },
  }));
  const chain = {
    offers: (_: number, { after = '', limit = 100 } = {}) =>
      Promise.resolve(offers.filter((offer) => offer.provider > after).slice(0, limit)),
  };
  assert.deepEqual(await readOffers(chain, 'p120', [7]), [{ ...offers[120], model: 7 }]);
  assert.deepEqual(await readOffers(chain, 'nobody', [7]), []);
});
