/** Dx as the session has it: whatever peer this tab is at the moment, which changes with its identity. */
import { deadline } from '../chain/waiting.ts';
import type { Dx } from '../dx/types.ts';
import { DxUnavailable } from './errors.ts';
import { until } from './observable.ts';
import type { Observable } from './types.ts';

/** So long a transfer may take where whoever asks names no time, in milliseconds. */
const patienceMs = 60_000;

interface Limits {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits for a peer within the time that a transfer may take, and begins the transfer again when the peer is replaced in
 * the middle of it: what is carried has its hash as its name, so it is the same to the next one.
 *
 * @param closing ends all transfers with the session
 * @throws {DxUnavailable} when there is no peer in time
 */
export function sessionDx(peer: Observable<Dx | null>, closing: AbortSignal): Dx {
  const carry = async <T>(
    { timeoutMs = patienceMs, signal: asked }: Limits,
    transfer: (dx: Dx, limits: Required<Limits>) => Promise<T>,
  ): Promise<T> => {
    const signal = asked === undefined ? closing : AbortSignal.any([closing, asked]);
    const endMs = Date.now() + timeoutMs;
    for (;;) {
      const dx = await current(peer, endMs - Date.now(), signal);
      const replaced = new AbortController();
      const unsubscribe = peer.subscribe(() => {
        if (peer.get() !== dx) replaced.abort(new DxUnavailable('The Dx peer of this tab is replaced.'));
      });
      try {
        const limits = {
          timeoutMs: Math.max(1, endMs - Date.now()),
          signal: AbortSignal.any([signal, replaced.signal]),
        };
        return await transfer(dx, limits);
      } catch (error) {
        if (signal.aborted || !replaced.signal.aborted) throw error;
      } finally {
        unsubscribe();
      }
    }
  };
  return {
    upload: (data, options = {}) => carry(options, (dx, limits) => dx.upload(data, { ...options, ...limits })),
    download: (key, options = {}) => carry(options, (dx, limits) => dx.download(key, { ...options, ...limits })),
  };
}

/** The peer, as soon as there is one. @throws {DxUnavailable} or the signal's reason */
async function current(peer: Observable<Dx | null>, timeoutMs: number, signal: AbortSignal): Promise<Dx> {
  const wait = deadline(timeoutMs, () => new DxUnavailable('This tab has no connection to Dx.'), signal);
  try {
    return await until(peer, (value) => value !== null, wait.signal);
  } finally {
    wait.clear();
  }
}
