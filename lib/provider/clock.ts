import type { Clock } from './ports.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(reasonOf(signal));
        return;
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      const stop = () => {
        clearTimeout(timer);
        reject(reasonOf(signal));
      };
      signal.addEventListener('abort', stop, { once: true });
    }),
};

/** The reason of an aborted signal as an error. */
export function reasonOf(signal: AbortSignal): Error {
  return toError(signal.reason);
}

/** Whatever was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Whether the signal has aborted. It can while something is awaited, which the compiler does not see at `signal.aborted`. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
