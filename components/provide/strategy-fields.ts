/** A strategy as a form has it. */
import type { ProvidingSettings, TabStrategy } from '../../lib/cockpit/types.ts';
import { AIRO, amountText } from '../../lib/market/amounts.ts';

export type StrategyKind = TabStrategy['kind'];

export const strategyKinds: readonly { readonly value: StrategyKind; readonly label: string }[] = [
  { value: 'undercut', label: 'A step below the best bid' },
  { value: 'cost', label: 'What it costs, and a margin' },
  { value: 'fixed', label: 'Always the same price' },
];

/** What a strategy does, for who has never chosen one. */
export const strategyHints: Readonly<Record<StrategyKind, string>> = {
  undercut:
    'Begins at a price of yours and goes a step below whoever is best, down to your floor. It wins much and earns what the market gives.',
  cost: 'Measured time of an inference times your price of an hour, plus a margin, royalty and market fee. It never works for less than that.',
  fixed: 'The simplest: you know what you get for each answer, and win whenever nobody else is cheaper.',
};

/** The texts of a form's fields. Those of the other strategies have something sensible in them. */
export interface StrategyTexts {
  readonly price: string;
  readonly pricePerHour: string;
  readonly marginPercent: string;
  readonly floor: string;
  /** Empty: the highest price that an order pays. */
  readonly start: string;
  readonly stepPercent: string;
}

/** Fills a form with a strategy. */
export function textsOf(strategy: TabStrategy): StrategyTexts {
  const floor = amountText(strategy.kind === 'fixed' ? strategy.price : strategy.floor);
  const usual: StrategyTexts = {
    price: floor,
    pricePerHour: amountText(AIRO),
    marginPercent: '20',
    floor,
    start: '',
    stepPercent: '5',
  };
  switch (strategy.kind) {
    case 'fixed':
      return usual;
    case 'cost':
      return {
        ...usual,
        pricePerHour: amountText(strategy.pricePerHour),
        marginPercent: percentText(strategy.margin),
      };
    case 'undercut':
      return {
        ...usual,
        start: strategy.start === undefined ? '' : amountText(strategy.start),
        stepPercent: percentText(strategy.step),
      };
  }
}

function percentText(part: number): string {
  return String(Number((part * 100).toFixed(4)));
}

/** What the fields of a form mean; `undefined` while one is wrong. */
export interface StrategyValues {
  readonly price: bigint | undefined;
  readonly pricePerHour: bigint | undefined;
  readonly marginPercent: number | undefined;
  readonly floor: bigint | undefined;
  /** `null`: left empty. */
  readonly start: bigint | null | undefined;
  readonly stepPercent: number | undefined;
}

/** The strategy that a form describes; `undefined` while a field that it needs is wrong. */
export function strategyOf(kind: StrategyKind, values: StrategyValues): TabStrategy | undefined {
  const { price, pricePerHour, marginPercent, floor, start, stepPercent } = values;
  switch (kind) {
    case 'fixed':
      return price === undefined ? undefined : { kind, price };
    case 'cost':
      if (pricePerHour === undefined || marginPercent === undefined || floor === undefined) return undefined;
      return { kind, pricePerHour, margin: marginPercent / 100, floor };
    case 'undercut':
      if (floor === undefined || start === undefined || stepPercent === undefined) return undefined;
      return { kind, floor, step: stepPercent / 100, ...(start === null ? {} : { start }) };
  }
}

/** The same text for the same settings. */
export function settingsKey(settings: ProvidingSettings): string {
  return JSON.stringify(settings, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    // The order of the keys must not matter.
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
