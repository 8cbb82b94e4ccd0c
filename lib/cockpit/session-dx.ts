/** Dx as the session has it: whatever peer this tab is at the moment, which changes with its identity. */
import { deadline } from '../chain/waiting.ts';
import type { Dx } from '../dx/types.ts';
import { DxUnavailable } from './errors.ts';
import { until } from './observable.ts';
import type { Observable } from './types.ts';

/** So long a peer is waited for where whoever asks names no time, in milliseconds. */
const patienceMs = 60_000;

/** Waits for a peer within the time that the work itself may take. @throws {DxUnavailable} when there is none in time */
export function sessionDx(peer: Observable<Dx | null>): Dx {
  const current = async (timeoutMs: number, signal: AbortSignal | undefined): Promise<Dx> => {
    const wait = deadline(timeoutMs, () => new DxUnavailable('This tab has no connection to Dx.'), signal);
    try {
      return await until(peer, (value) => value !== null, wait.signal);
    } finally {
      wait.clear();
    }
  };
  return {
    upload: async (data, options = {}) =>
      (await current(options.timeoutMs ?? patienceMs, options.signal)).upload(data, options),
    download: async (key, options = {}) =>
      (await current(options.timeoutMs ?? patienceMs, options.signal)).download(key, options),
  };
}
