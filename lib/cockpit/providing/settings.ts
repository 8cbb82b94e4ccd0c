/** The settings of this browser as a provider: what they are at first, and which ones make sense. */
import { AIRO } from '../../market/amounts.ts';
import type { Settings } from '../../provider/types.ts';
import { InvalidSettings } from '../errors.ts';
import type { ProvidingSettings } from '../types.ts';

/** At first: by cost, with care for the device of whoever it is. */
export const firstSettings: ProvidingSettings = {
  strategy: { kind: 'cost', pricePerHour: AIRO, margin: 0.2, floor: 0n },
  maxOpen: 4,
  restraint: { onlyOnMains: true, onlyWhenIdle: false, atOnce: 4 },
  backend: 'automatic',
};

/**
 * The most requests that may wait at a time, over all agreements. From a request to the next one in its place it is some
 * blocks, so it must be enough for what a fast device does meanwhile. Of their payloads only so many bytes are held ahead.
 */
const maxInFlight = 128;
/** The part of the measured speed that bids may promise: somebody may begin to use the device. */
const utilization = 0.7;
/** The most that can be chosen. */
const most = { open: 1_000, atOnce: 64 } as const;

/** What the engine is told. */
export function engineSettings(
  { strategy, maxOpen }: ProvidingSettings,
  models: readonly number[],
  paused: boolean,
): Settings {
  return {
    ...{ paused, dryRun: false, strategy, maxOpen, maxInFlight, utilization },
    models: models.map((model) => ({ model })),
  };
}

/** @throws {InvalidSettings} with the first thing that is wrong */
export function checkSettings({ strategy, maxOpen, restraint, backend }: ProvidingSettings): void {
  switch (strategy.kind) {
    case 'fixed':
      positive('price', strategy.price);
      break;
    case 'cost':
      positive('price of an hour', strategy.pricePerHour);
      notNegative('floor', strategy.floor);
      within('margin', strategy.margin, 0, 100, 'a part, such as 0.2 for 20 %');
      break;
    case 'undercut':
      notNegative('floor', strategy.floor);
      if (strategy.start !== undefined) positive('first price', strategy.start);
      if (strategy.start !== undefined && strategy.start < strategy.floor) {
        throw new InvalidSettings('The first price is below the floor. Raise it, or lower the floor.');
      }
      within('step', strategy.step, 0, 1, 'a part, such as 0.01 for 1 %');
      break;
    default:
      throw new InvalidSettings('A tab knows the strategies fixed, cost and undercut. Choose one of them.');
  }
  whole('number of open bids and agreements', maxOpen, most.open);
  whole('number of inferences at a time', restraint.atOnce, most.atOnce);
  if (!['automatic', 'webgpu', 'wasm'].includes(backend)) {
    throw new InvalidSettings(
      `Models run by WebGPU or WebAssembly, or by what is best; "${backend}" is none of these.`,
    );
  }
}

function positive(what: string, amount: bigint): void {
  if (amount <= 0n) throw new InvalidSettings(`The ${what} must be more than 0.`);
}

function notNegative(what: string, amount: bigint): void {
  if (amount < 0n) throw new InvalidSettings(`The ${what} cannot be below 0.`);
}

function within(what: string, value: number, least: number, highest: number, unit: string): void {
  if (value >= least && value <= highest) return;
  throw new InvalidSettings(`The ${what} must be from ${least} to ${highest}: ${unit}.`);
}

function whole(what: string, value: number, highest: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= highest) return;
  throw new InvalidSettings(`The ${what} must be a whole number from 1 to ${highest}.`);
}
