/** Follows the chain's best block and reads the state of each, as fast as it can and no faster. */
import type { Heads } from '../market/chain.ts';
import type { Address } from '../market/types.ts';
import { isAborted, toError } from './clock.ts';
import type { Chain, Clock } from './ports.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import type { Trouble } from './tasks.ts';

/** After the following itself has failed it is begun anew after this time, in milliseconds. */
const RESTART_MS = 1_000;

interface WatchOptions {
  readonly chain: Chain;
  readonly account: Address;
  readonly clock: Clock;
  readonly trouble: Trouble;
  readonly signal: AbortSignal;
  readonly onHeads: (heads: Heads) => void;
  /** A state was read. */
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** The state could not be read; the next heads are the next try. */
  readonly onFailure: () => void;
}

/** Watches until the signal aborts. It never fails: a lost connection is reported and waited for. */
export async function watch(options: WatchOptions): Promise<void> {
  const { chain, account, clock, trouble, signal, onHeads, onSnapshot, onFailure } = options;
  let read: string | null = null;
  while (!isAborted(signal)) {
    try {
      for await (const heads of chain.heads(signal)) {
        if (isAborted(signal)) return;
        onHeads(heads);
        // Finality alone changes nothing about the best block's state.
        if (heads.best.hash === read) continue;
        try {
          const snapshot = await readSnapshot(chain, account, heads.best);
          read = heads.best.hash;
          onSnapshot(snapshot);
        } catch (thrown) {
          read = null;
          onFailure();
          trouble('reading the chain', toError(thrown));
        }
      }
    } catch (thrown) {
      if (isAborted(signal)) return;
      onFailure();
      trouble('following the chain', toError(thrown));
    }
    await clock.sleep(RESTART_MS, signal).catch(toError);
  }
}
