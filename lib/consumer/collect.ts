/** From registered requests to results: the chain's outcomes are watched, results fetched, opened and checked. */
import { unframe } from '../inference/message.ts';
import { decodeResponse } from '../inference/open-inference.ts';
import type { InferenceResponse } from '../inference/types.ts';
import type { Agreement, Outcome, Output, Request } from '../market/types.ts';
import { isNamed } from './errors.ts';
import { explainFailure } from './explain.ts';
import type { Entry, Session } from './session.ts';

/** Watches the session's registered requests until every input has a result. */
export async function collect(session: Session): Promise<void> {
  const fetches = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  let known = '';
  while (session.open > 0) {
    if (failure !== undefined) throw failure.error;
    const seen = session.pulse.count;
    if (waiting(session).length > 0 && session.heads !== null) {
      const agreement = await session.read(() => session.ports.chain.agreement(session.id));
      // Without a change of the counts no request has changed, which saves a light client most of its reads. The final
      // block counts because of the deadlines.
      const { length } = waiting(session);
      const state = JSON.stringify([agreement?.counts, agreement?.state, session.heads.finalized.number, length]);
      if (state !== known) {
        known = state;
        for (const [entry, output, at, ended] of await sweep(session, agreement)) {
          entry.fetching = true;
          const fetched = session.limit
            .run(() => fetchResult(session, ended, entry, output, at))
            .catch((error: unknown) => {
              failure ??= { error };
              session.pulse.beat();
            })
            .finally(() => fetches.delete(fetched));
          fetches.add(fetched);
        }
      }
    }
    if (session.open > 0) await session.pulse.after(seen, session.signal);
  }
}

function waiting(session: Session): readonly Entry[] {
  return [...session.registered].filter((entry) => !entry.fetching);
}

type ToFetch = readonly [entry: Entry, output: Output, at: number, agreement: Agreement];

/** Looks at all requests that wait; delivers those that need nothing more, and gives those whose result is to be fetched. */
async function sweep(session: Session, agreement: Agreement | null): Promise<readonly ToFetch[]> {
  const entries = waiting(session).toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
  if (agreement === null) {
    for (const entry of entries) deliverRemoved(session, entry);
    return [];
  }
  const slots = await readSlots(session, entries);
  const found: ToFetch[] = [];
  for (const entry of entries) {
    const there = slots.get(entry.index ?? -1);
    const slot = there?.payload === entry.payload ? there : undefined;
    if (slot === undefined) {
      await handleAbsent(session, agreement, entry, there);
      continue;
    }
    const { outcome } = slot;
    if (outcome.state === 'answered' || outcome.state === 'settled') {
      session.reached(entry, 'answered');
      found.push([entry, outcome.output, outcome.at, agreement]);
    } else if (outcome.state === 'failed') deliverFailed(session, agreement, entry, outcome);
    else if (outcome.state === 'missed' || isOverdue(session, agreement, slot)) {
      const { input, label, payload, times } = entry;
      const explanation = `The provider did not answer within ${agreement.responseDeadline} blocks.`;
      const refunded = agreement.price;
      const index = slot.index;
      session.deliver(entry, { state: 'missed', input, label, index, payload, times, explanation, refunded });
    }
  }
  return found;
}

/** The requests of these entries as the best block has them, by index. */
async function readSlots(session: Session, entries: readonly Entry[]): Promise<ReadonlyMap<number, Request>> {
  const slots = new Map<number, Request>();
  let upTo = 0;
  for (const { index } of entries) {
    if (index === null || index < upTo) continue;
    upTo = index + 100;
    const page = await session.read(() => session.ports.chain.requests(session.id, index, 100));
    for (const slot of page) slots.set(slot.index, slot);
  }
  return slots;
}

/** From its deadline on nothing can be answered any more, and the end of an agreement settles everything. */
function isOverdue(session: Session, agreement: Agreement, { requestedAt }: Request): boolean {
  if (agreement.state.kind === 'ended') return true;
  return (session.heads?.finalized.number ?? 0) >= requestedAt + agreement.responseDeadline;
}

/**
 * A registered request that is not in its place. The block that had it may have been replaced by one that has not; once
 * that is final, it goes back into the queue. Or it was settled so long ago that the chain has removed it.
 */
async function handleAbsent(
  session: Session,
  agreement: Agreement,
  entry: Entry,
  slot: Request | undefined,
): Promise<void> {
  if ((session.heads?.finalized.number ?? 0) < entry.registeredIn) return;
  const { chain, store } = session.ports;
  const index = entry.index ?? 0;
  const [final] = await session.read(() => chain.requests(session.id, index, 1, 'finalized'));
  if (final?.index === index && final.payload === entry.payload) return;
  if (final?.index !== index) {
    const requested = (await session.read(() => chain.agreement(session.id, 'finalized')))?.counts.requested ?? 0;
    if (index < requested) {
      deliverRemoved(session, entry);
      return;
    }
  }
  if (entry.bytes === null) {
    // While the place is free, a transaction from before the restart may still take it.
    const isCertain = slot !== undefined || agreement.state.kind === 'ended';
    session.deliverUnsent(entry, 'It was not registered before the restart. Send it again.', isCertain);
    return;
  }
  session.registered.delete(entry);
  if (entry.payload !== null) await store.forgetSent([{ agreement: session.id, index, payload: entry.payload }]);
  session.queue.push(entry);
  session.pulse.beat();
}

function deliverRemoved(session: Session, entry: Entry): void {
  const { input, label, payload, times, index } = entry;
  const explanation = 'It was settled so long ago that the chain has removed it.';
  session.deliver(entry, { state: 'removed', input, label, index: index ?? 0, payload, times, explanation });
}

function deliverFailed(
  session: Session,
  agreement: Agreement,
  entry: Entry,
  { code, at }: Extract<Outcome, { readonly state: 'failed' }>,
): void {
  session.reached(entry, 'answered');
  const { input, label, payload, times } = entry;
  const { fault, text: explanation } = explainFailure(code);
  const about = { input, label, index: entry.index ?? 0, payload, times };
  const refunded = agreement.price;
  session.deliver(entry, { state: 'failed', ...about, code, fault, explanation, refunded, block: at });
}

/** Fetches, opens and checks one result, and delivers what came of it. */
async function fetchResult(
  session: Session,
  agreement: Agreement,
  entry: Entry,
  { content, commitment }: Output,
  block: number,
): Promise<void> {
  const { dx, envelopes } = session.ports;
  const { transferTimeoutMs: timeoutMs, maxResultBytes: maxBytes, signal, privateKey } = session;
  const index = entry.index ?? 0;
  const { input, label, payload, times } = entry;
  const about = { input, label, index, payload, times, result: content, paid: agreement.price, block };
  const lost = (state: 'resultMissing' | 'resultCorrupt', what: string, error: unknown) => {
    signal.throwIfAborted();
    const explanation = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    session.deliver(entry, { state, ...about, explanation });
  };

  let envelope: Uint8Array;
  try {
    envelope = await dx.download(content, { maxBytes, timeoutMs, signal });
    session.reached(entry, 'downloaded');
  } catch (error) {
    const isWrong = isNamed(error, 'Corrupt', 'TooLarge', 'InvalidKey');
    lost(isWrong ? 'resultCorrupt' : 'resultMissing', 'The result could not be fetched from Dx', error);
    return;
  }
  let response: InferenceResponse;
  try {
    response = decodeResponse(unframe(await envelopes.openResult(envelope, agreement, index, commitment, privateKey)));
    session.reached(entry, 'opened');
  } catch (error) {
    lost('resultCorrupt', 'The result cannot be used', error);
    return;
  }
  session.deliver(entry, { state: 'answered', ...about, response });
}
