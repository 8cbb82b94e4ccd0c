/** Small questions about values that are read from the chain. */
import type { Loaded } from './types.ts';

/** The value, whatever is known of it; `undefined` when nothing is. */
export function valueOf<T>(loaded: Loaded<T>): T | undefined {
  return 'value' in loaded ? loaded.value : undefined;
}

/** A value that nothing is known of yet, one object for all. */
export const LOADING: Loaded<never> = { state: 'loading' };
