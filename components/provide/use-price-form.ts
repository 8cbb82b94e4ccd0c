'use client';
/** The fields of a strategy. */
import { useState } from 'react';

import type { TabStrategy } from '../../lib/cockpit/types.ts';
import type { Rules } from '../../lib/market/types.ts';
import { parseAiro, parseNumber } from '../ui/parse.ts';
import { allRight, useAmountInput, useInput, type Input } from '../ui/use-input.ts';
import { strategyOf, textsOf, type StrategyKind } from './strategy-fields.ts';

export interface PriceForm {
  readonly kind: StrategyKind;
  readonly setKind: (kind: StrategyKind) => void;
  readonly price: Input<bigint>;
  readonly pricePerHour: Input<bigint>;
  readonly marginPercent: Input<number>;
  readonly floor: Input<bigint>;
  /** May be left empty. */
  readonly start: Input<bigint | null>;
  readonly stepPercent: Input<number>;
  /** `undefined` while a field that it needs is wrong. */
  readonly strategy: TabStrategy | undefined;
  /** Shows what is wrong; tells whether nothing is. */
  readonly check: () => boolean;
}

/** @param strategy what the form begins with: give the component another key to begin anew */
export function usePriceForm(strategy: TabStrategy, rules: Pick<Rules, 'maxPrice' | 'bidStep'> | undefined): PriceForm {
  const [kind, setKind] = useState(strategy.kind);
  const texts = textsOf(strategy);
  const highest =
    rules === undefined ? {} : { max: rules.maxPrice, maxReason: 'It is the highest price that the market takes.' };
  const price = useAmountInput(texts.price, { min: 1n, ...highest });
  const pricePerHour = useAmountInput(texts.pricePerHour, { min: 1n });
  const marginPercent = useInput(
    texts.marginPercent,
    parseNumber({ min: 0, max: 10_000, fractions: true, what: 'percent' }),
  );
  const floor = useAmountInput(texts.floor, highest);
  const start = useInput<bigint | null>(
    texts.start,
    (text) => (text.trim() === '' ? null : parseAiro({ min: 1n, ...highest })(text)),
    (value) =>
      value !== null && floor.value !== undefined && value < floor.value
        ? 'The first bid cannot be below your floor.'
        : undefined,
  );
  const stepPercent = useInput(texts.stepPercent, parseNumber({ min: 0.1, max: 99, fractions: true, what: 'percent' }));
  const all = { price, pricePerHour, marginPercent, floor, start, stepPercent };
  const own = {
    fixed: [price],
    cost: [pricePerHour, marginPercent, floor],
    undercut: [floor, start, stepPercent],
  } as const satisfies Record<StrategyKind, readonly Input<unknown>[]>;
  return {
    ...all,
    kind,
    setKind,
    strategy: strategyOf(kind, {
      price: price.value,
      pricePerHour: pricePerHour.value,
      marginPercent: marginPercent.value,
      floor: floor.value,
      start: start.value,
      stepPercent: stepPercent.value,
    }),
    check: () => allRight(own[kind]),
  };
}
