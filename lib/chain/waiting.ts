/** Waiting with an end: nothing in this library waits without a deadline or a signal. */

/**
 * The result of a promise, unless the signal aborts first.
 *
 * @throws the signal's reason; the promise itself is not stopped by that
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whichever of the two comes second must not count as unhandled.
  promise.catch(() => undefined);
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** A signal that aborts with a reason after a time, or with another signal; `clear` ends the timer. */
export function deadline(
  milliseconds: number,
  reason: () => Error,
  ...others: readonly (AbortSignal | undefined)[]
): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(reason()), milliseconds);
  const undo = others.flatMap((other) => (other === undefined ? [] : [forward(other, controller)]));
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      for (const each of undo) each();
    },
  };
}

function forward(from: AbortSignal, to: AbortController): () => void {
  const onAbort = () => to.abort(from.reason);
  if (from.aborted) onAbort();
  else from.addEventListener('abort', onAbort, { once: true });
  return () => from.removeEventListener('abort', onAbort);
}

/** Resolves after a time; with the signal's reason if that aborts first. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  try {
    await unlessAborted(promise, signal);
  } finally {
    clearTimeout(timer);
  }
}
