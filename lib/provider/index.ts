/**
 * The provider engine: it follows the market, decides which orders to bid on and says why, executes what was agreed on, and
 * answers every request once. It is the same in Wingman and in a browser tab, and knows the world only by its ports.
 */
import { Engine } from './engine.ts';
import type { EngineOptions, ProviderEngine } from './types.ts';

/** Makes an engine. It does nothing until it is started. */
export function createEngine(options: EngineOptions): ProviderEngine {
  return new Engine(options);
}

export { systemClock } from './clock.ts';
export { createEnvelopes } from './envelopes.ts';
export { createMemoryJournal } from './memory-journal.ts';
export { orderRules } from './rules.ts';
export type { OrderRule, Rule } from './rules.ts';
export type * from './ports.ts';
export type * from './types.ts';
