/** What people paste and what stands on the chain: addresses, identifiers, amounts. */
import assert from 'node:assert/strict';

import { address, contentIdOf, contentIdToHex, peerIdOf, peerIdToHex } from '../../../lib/chain/identifiers.ts';
import { parseAddress } from '../../../lib/cockpit/address.ts';
import { formatAmount, parseAmount } from '../../../lib/market/amounts.ts';
import { parseHookAnswer } from '../../../lib/provider/hook.node.ts';
import { anyText, wholeJson } from '../json.ts';
import type { Target } from '../target.ts';

const prefix = 42;

export const marketTargets: readonly Target[] = [
  {
    name: 'market-amount',
    refusals: ['InvalidAmount'],
    read: (bytes) => {
      const amount = parseAmount(anyText(bytes));
      assert.equal(parseAmount(formatAmount(amount)), amount);
    },
  },
  {
    name: 'market-content-id',
    refusals: ['InvalidValue'],
    read: (bytes) => {
      const hex = contentIdToHex(anyText(bytes));
      assert.equal(contentIdToHex(contentIdOf(hex)), hex);
    },
  },
  {
    name: 'market-peer-id',
    refusals: ['InvalidValue'],
    read: (bytes) => {
      const hex = peerIdToHex(anyText(bytes));
      assert.equal(peerIdToHex(peerIdOf(hex)), hex);
    },
  },
  {
    name: 'market-address',
    refusals: ['InvalidValue', 'InvalidAddress'],
    read: (bytes) => {
      const text = anyText(bytes);
      const parsed = parseAddress(text, prefix);
      assert.equal(parseAddress(parsed, prefix), parsed);
      assert.equal(address(parsed), parsed);
    },
  },
  {
    name: 'market-hook-answer',
    refusals: ['InvalidHookAnswer'],
    // It shows 500 characters of the answer, each of which may take six as JSON, and 500 of a name in it.
    longestMessage: 5_000,
    json: wholeJson,
    read: (bytes) => {
      const { price } = parseHookAnswer(anyText(bytes));
      assert.ok(price === null || price > 0n);
    },
  },
];
