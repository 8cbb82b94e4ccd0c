/** From registered requests to results: the chain's outcomes are watched, results fetched, opened and checked. */
import { unframe } from '../inference/message.ts';
import { decodeResponse } from '../inference/open-inference.ts';
import type { InferenceResponse } from '../inference/types.ts';
import type { At } from '../market/chain.ts';
import type { Agreement, Outcome, Output, Request } from '../market/types.ts';
import { isNamed } from './errors.ts';
import { explainFailure } from './explain.ts';
import { giveNewPlace, lostBlocks } from './places.ts';
import { whyClosed } from './send.ts';
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
        if (!session.hasLooked) {
          session.hasLooked = true;
          session.pulse.beat();
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
  const absent: Entry[] = [];
  for (const entry of entries) {
    const there = slots.get(entry.index ?? -1);
    const slot = there?.payload === entry.payload ? there : undefined;
    if (slot === undefined) {
      absent.push(entry);
      continue;
    }
    if (entry.isRecovered && entry.registeredIn === 0) {
      entry.registeredIn = slot.requestedAt;
      session.found(entry);
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
  await handleAbsent(session, agreement, absent, slots);
  return found;
}

/** The requests of these entries, by index. */
async function readSlots(session: Session, entries: readonly Entry[], at?: At): Promise<ReadonlyMap<number, Request>> {
  const slots = new Map<number, Request>();
  let upTo = 0;
  for (const { index } of entries) {
    if (index === null || index < upTo) continue;
    upTo = index + 100;
    const page = await session.read(() => session.ports.chain.requests(session.id, index, 100, at));
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
 * Entries that are not in their places: the block that had one was replaced by one that has not, or a restart came between
 * writing it down and sending it. Or it was settled so long ago that the chain has removed it.
 *
 * The transaction of an entry, should there be one, can take its place only. So while that is free the entry is sent for no
 * other one; once another request has it in a final block, it is sealed for a new one.
 */
async function handleAbsent(
  session: Session,
  agreement: Agreement,
  entries: readonly Entry[],
  slots: ReadonlyMap<number, Request>,
): Promise<void> {
  const { best, finalized } = session.heads ?? noHeads;
  const settled = entries.filter(({ registeredIn }) => finalized.number >= registeredIn);
  if (settled.length === 0) return;
  const { chain } = session.ports;
  const final = await session.read(() => chain.agreement(session.id, 'finalized'));
  const finalSlots = await readSlots(session, settled, 'finalized');
  const closed = final === null ? null : whyClosed(final, finalized.number);
  const isOpen = whyClosed(agreement, best.number) === null;
  for (const entry of settled) {
    const index = entry.index ?? 0;
    const slot = finalSlots.get(index);
    const isFree = index >= agreement.counts.requested && !slots.has(index);
    if (slot !== undefined) {
      if (slot.payload !== entry.payload) await giveNewPlace(session, entry);
    } else if (index < (final?.counts.requested ?? 0)) {
      deliverRemoved(session, entry);
    } else if (closed !== null) {
      session.deliverUnsent(entry, closed);
    } else if (isFree && isOpen && (!entry.isRecovered || session.recover !== null)) {
      session.registered.delete(entry);
      session.placed.add(entry);
      session.pulse.beat();
    } else if (isFree && entry.isRecovered && finalized.number >= session.begunIn + lostBlocks) {
      const explanation = 'It is not on chain. Sent again, it takes the same place, so that it is not paid twice.';
      session.deliverUnsent(entry, explanation, false);
    }
  }
}

const noHeads = { best: { number: 0 }, finalized: { number: 0 } } as const;

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
