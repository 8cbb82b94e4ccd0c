/** Waiting for something to become true, with a deadline and a reason. */
import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** What is awaited, for the message of the error: "the first block". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The time between two looks. */
  readonly everyMs?: number;
}

/**
 * Asks `look` until it gives something other than `undefined` or `false`.
 *
 * @throws when the deadline passes, or with the reason of `signal`; an error of `look` is passed on at once
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { what, timeoutMs, signal, everyMs = 50 }: WaitOptions,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`);
    await delay(everyMs, undefined, signal ? { signal } : {});
  }
}

/**
 * The result of `promise`, unless the deadline passes first.
 *
 * @throws when the deadline passes; `promise` itself cannot be stopped by that
 */
export async function within<T>(
  promise: Promise<T>,
  { what, timeoutMs }: { what: string; timeoutMs: number },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
