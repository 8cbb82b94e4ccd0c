/** Puts together what works while this tab is at it. It is loaded when that begins. */
import { hexOf } from '../../chain/bytes.ts';
import type { Address } from '../../market/types.ts';
import type { BrowserKey } from '../browser-keys.ts';
import { until } from '../observable.ts';
import { ActiveProvider, type ActiveOptions, type SessionSignals } from './active.ts';
import { sessionChain } from './chain-port.ts';
import type { FactsWatch, KnownFacts } from './facts-watch.ts';
import { openJournal, type TabJournal } from './journal.ts';
import type { Identity } from './kept.ts';
import type { TabModels } from './models.ts';
import type { ProvidingContext } from './providing.ts';

export interface StartOptions extends Pick<ActiveOptions, 'settings' | 'isDraining' | 'onChange' | 'onDrained'> {
  readonly context: ProvidingContext;
  readonly facts: FactsWatch;
  readonly identity: Identity;
  readonly key: BrowserKey;
  readonly provider: Address;
  readonly models: TabModels;
  readonly signal: AbortSignal;
}

/** Starts once there is a chain. @throws the signal's reason */
export async function startActive(
  options: StartOptions,
): Promise<{ readonly active: ActiveProvider; readonly journal: TabJournal }> {
  const { context, facts, identity, key, provider, models, signal, ...rest } = options;
  const { followed, network, storage, chainStatus, dxStatus, dx } = context;
  const [{ chain }, { id }] = await Promise.all([
    until(followed, (value) => value !== null, signal),
    until(network, (value) => value !== null, signal),
  ]);
  const journal = await openJournal(storage, id);
  signal.throwIfAborted();
  const active = new ActiveProvider({
    ...rest,
    chain: sessionChain({
      ...{ followed, genesisHash: chain.genesisHash, signer: key.signer, address: key.address, signal },
      onFee: (fee) => facts.paid(fee),
    }),
    ...{ dx, identity, provider, models, journal },
    signals: () => ({
      hasChain: chainStatus.get().phase === 'ready',
      hasDx: dxStatus.get().phase === 'ready',
      isKept: storage.status.get().state !== 'memory',
      ...signalsOf(facts.facts.get(), identity),
    }),
    onBlock: () => void storage.tryAgain(),
  });
  return { active, journal };
}

/** What of the facts lets this browser bid: `null` until the chain was asked. */
export function signalsOf(
  facts: KnownFacts | null,
  { envelope }: Pick<Identity, 'envelope'>,
): Pick<SessionSignals, 'isNamed' | 'hasFees' | 'hasStake'> {
  if (facts === null) return { isNamed: null, hasFees: null, hasStake: null };
  // Another browser may have published its own keys for the same account.
  const { provider, operator, minStake } = facts;
  const published = provider?.profile.key.material;
  const isOwnKey = published !== undefined && 'inline' in published && published.inline === hexOf(envelope.publicKey);
  return {
    isNamed: operator.bounds !== null && isOwnKey,
    hasFees: operator.transactionsLeft > 0,
    hasStake: provider === null ? null : provider.stake >= minStake,
  };
}
