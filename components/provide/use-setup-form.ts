'use client';
/** The fields by which a browser becomes a provider. */
import { useState } from 'react';

import { amountText, formatAmount } from '../../lib/market/amounts.ts';
import type { Rules } from '../../lib/market/types.ts';
import { byteLimited } from '../own/register/byte-limited.ts';
import { parseNumber } from '../ui/parse.ts';
import { allRight, useAmountInput, useInput, type Input } from '../ui/use-input.ts';
import { mostOpen } from './restraint.ts';
import { mostNameBytes, type SetupValues } from './setup-fields.ts';

export interface SetupForm {
  readonly name: Input<string>;
  readonly stake: Input<bigint>;
  readonly floorPrice: Input<bigint>;
  readonly maxOpen: Input<number>;
  readonly topUp: Input<bigint>;
  /** What all fields say; `undefined` while one of them is wrong. */
  readonly values: SetupValues | undefined;
  /** Shows what is wrong; tells whether nothing is. */
  readonly check: () => boolean;
}

interface SetupFormOptions {
  readonly initial: SetupValues;
  readonly rules: Pick<Rules, 'minStake' | 'maxPrice'>;
  /** The stake that is there: it can be raised, and comes back only when one leaves. */
  readonly staked: bigint;
  /** A lowest price that stands there until somebody types another one: it changes with the models that are chosen. */
  readonly suggestedFloor?: bigint;
}

export function useSetupForm({ initial, rules, staked, suggestedFloor }: SetupFormOptions): SetupForm {
  const [isFloorTyped, setFloorTyped] = useState(false);
  const name = useInput(initial.name, byteLimited('Give it a name by which consumers know it.', mostNameBytes));
  const stake = useAmountInput(amountText(initial.stake), { min: rules.minStake }, (value) =>
    value < staked
      ? `${formatAmount(staked)} is staked already. It can be raised, and comes back when you leave the market.`
      : undefined,
  );
  const floor = useAmountInput(amountText(initial.floorPrice), {
    min: 1n,
    max: rules.maxPrice,
    maxReason: 'It is the highest price that the market takes.',
  });
  const suggested = suggestedFloor === undefined || isFloorTyped ? undefined : amountText(suggestedFloor);
  if (suggested !== undefined && suggested !== floor.text) floor.reset(suggested);
  const floorPrice: Input<bigint> = {
    ...floor,
    setText: (text) => {
      setFloorTyped(true);
      floor.setText(text);
    },
  };
  const maxOpen = useInput(
    String(initial.maxOpen),
    parseNumber({ min: 1, max: mostOpen, what: 'bids and agreements' }),
  );
  const topUp = useAmountInput(amountText(initial.topUp));
  const all = { name, stake, floorPrice, maxOpen, topUp };
  return { ...all, values: valuesOf(all), check: () => allRight(Object.values(all)) };
}

function valuesOf({
  name,
  stake,
  floorPrice,
  maxOpen,
  topUp,
}: Omit<SetupForm, 'values' | 'check'>): SetupValues | undefined {
  if (
    name.value === undefined ||
    stake.value === undefined ||
    floorPrice.value === undefined ||
    maxOpen.value === undefined ||
    topUp.value === undefined
  ) {
    return undefined;
  }
  return {
    name: name.value,
    stake: stake.value,
    floorPrice: floorPrice.value,
    maxOpen: maxOpen.value,
    topUp: topUp.value,
  };
}
