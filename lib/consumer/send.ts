/** From inputs to registered requests: sealed for their place, uploaded, and registered in batches. */
import type { Agreement, Request } from '../market/types.ts';
import { isNamed, refusalOf } from './errors.ts';
import { compete, longestEraBlocks, look, lostBlocks, placedFrom, register as registered, settle } from './places.ts';
import type { Entry, Session } from './session.ts';

/**
 * Sends everything in the session's queue, and what comes back into it, until every input has a result.
 *
 * A payload is encrypted for its place in the agreement, and the chain takes only the next places. So payloads are
 * prepared for the next places in advance, and prepared anew when somebody else was faster.
 */
export async function send(session: Session): Promise<void> {
  const { maxBatch } = await session.read(() => session.ports.chain.rules());
  let ready: Entry[] = [];
  while (session.open > 0) {
    const seen = session.pulse.count;
    const hasWork = ready.length > 0 || session.queue.length > 0 || session.placed.size > 0;
    if (!hasWork || !session.hasLooked) {
      await session.pulse.after(seen, session.signal);
      continue;
    }
    const agreement = await session.agreement();
    const best = session.heads?.best.number ?? 0;
    const closed = whyClosed(agreement, best);
    if (closed !== null) {
      for (const entry of [...ready, ...session.queue.splice(0)]) session.deliverUnsent(entry, closed);
      // The block that closed it can be replaced: for what may be sent already it is over when that is final.
      for (const entry of session.placed) compete(session, entry, best);
      ready = [];
      continue;
    }
    const next = agreement.counts.requested;
    const again = await placedFrom(session, next);
    if (ready.length > 0 && (again.length > 0 || ready[0]?.index !== next)) {
      session.queue.unshift(...ready);
      ready = [];
    }
    const room = Math.min(roomFor(agreement), maxBatch);
    if (room === 0) {
      await session.pulse.after(seen, session.signal);
      continue;
    }
    if (again.length > 0) {
      await register(session, again.slice(0, room), true);
      continue;
    }
    if (ready.length === 0) {
      // What has a place further ahead waits for the requests before it.
      if (session.queue.length === 0) await session.pulse.after(seen, session.signal);
      // Preparing takes a while; the state may be another one after it.
      else ready = await prepare(session, agreement, next, room);
      continue;
    }
    const batch = ready.slice(0, room);
    const after = next + batch.length;
    const left = ready.slice(room);
    const ahead = Math.min(maxBatch, agreement.quota - after) - left.length;
    const [, further] = await Promise.all([
      register(session, batch, false),
      ahead > 0 ? prepare(session, agreement, after + left.length, Math.min(ahead, agreement.maxInFlight)) : [],
    ]);
    ready = [...left, ...further];
  }
}

/** Why an agreement takes no further requests, or `null` if it does. `best` is the number of the best block. */
export function whyClosed(agreement: Agreement, best: number): string | null {
  const { id, state, counts, quota, endsAt, responseDeadline } = agreement;
  const again = 'Place a new order.';
  if (state.kind === 'ended') return `Agreement ${id} has ended (${endings[state.how]}). ${again}`;
  if (counts.requested >= quota) return `All ${quota} inferences of agreement ${id} have been requested. ${again}`;
  if (best >= endsAt) return `Agreement ${id} ended with block ${endsAt}. ${again}`;
  // A request gets into the next block at the earliest, and its deadline must lie before the end.
  if (best + 1 + responseDeadline > endsAt) {
    return `Agreement ${id} ends with block ${endsAt}, too soon for an answer within ${responseDeadline} blocks. ${again}`;
  }
  return null;
}

const endings = {
  expired: 'its lifetime was over',
  completed: 'all inferences were used',
  byConsumer: 'the consumer ended it',
  abandoned: 'the provider abandoned it',
} as const;

/** How many requests can be registered now. */
function roomFor({ counts, quota, maxInFlight }: Agreement): number {
  const settled = counts.delivered + counts.consumerFaults + counts.providerFaults + counts.missed;
  const pending = counts.requested - counts.answered - settled;
  return Math.max(0, Math.min(maxInFlight - pending, quota - counts.requested));
}

/**
 * Encrypts and uploads the first inputs of the queue for consecutive places.
 *
 * @returns those that can be registered from `first` on; where one fails, those behind it must move up and go back
 */
async function prepare(session: Session, agreement: Agreement, first: number, count: number): Promise<Entry[]> {
  const entries = session.queue.splice(0, count);
  const { envelopes, dx } = session.ports;
  const outcomes = await Promise.all(
    entries.map((entry, place) =>
      session.limit.run(async () => {
        try {
          entry.index = first + place;
          const envelope = await envelopes.sealPayload(entry.bytes ?? new Uint8Array(), agreement, entry.index);
          session.reached(entry, 'sealed');
          const { transferTimeoutMs: timeoutMs, signal } = session;
          entry.payload = (await dx.upload(envelope, { timeoutMs, signal })).key;
          session.reached(entry, 'uploaded');
          return null;
        } catch (error) {
          session.signal.throwIfAborted();
          return error instanceof Error ? error : new Error(String(error));
        }
      }),
    ),
  );
  const failedAt = outcomes.findIndex((error) => error !== null);
  if (failedAt < 0) return entries;
  session.queue.unshift(...entries.filter((_, place) => place > failedAt && outcomes[place] === null));
  entries.forEach((entry, place) => {
    const error = outcomes[place];
    if (error) session.deliverUnsent(entry, `The payload could not be put on Dx: ${error.message}`);
  });
  return entries.slice(0, failedAt);
}

/**
 * Registers entries that follow one another. They are written down first: from then on a crash loses nothing. Whatever comes
 * of it, the entries are handed over to who collects, to those that have a place, or as not sent.
 *
 * @param isUnsure whether a transaction from before may register them too
 */
async function register(session: Session, batch: readonly Entry[], isUnsure: boolean): Promise<void> {
  const { store, clock } = session.ports;
  const kept = batch.map(({ index, payload, label }) => ({
    agreement: session.id,
    index: index ?? 0,
    payload: payload ?? '',
    label,
    sentAt: clock.now(),
  }));
  if (!isUnsure) await store.saveSent(kept);
  for (let unsure = isUnsure; ;) {
    const seen = session.pulse.count;
    const there = unsure ? await look(session, batch, 0, session.signal) : nothing;
    if (there.size > 0) {
      settle(session, batch, there);
      return;
    }
    for (const entry of batch) entry.triedIn = session.heads?.best.number ?? 0;
    try {
      const included = await submit(session, batch, unsure);
      if (typeof included === 'number') for (const entry of batch) registered(session, entry, included);
      else settle(session, batch, included);
      session.pulse.beat();
      return;
    } catch (error) {
      session.signal.throwIfAborted();
      const refusal = refusalOf(error);
      if (refusal === 'execution.TooManyInFlight' || refusal === 'execution.WindowFull') {
        await session.pulse.after(seen, session.signal);
        continue;
      }
      if (isNamed(error, 'CannotPayFees') && (await takesRequests(session))) {
        // Money may come at any time, from whoever is told that it is missing.
        session.trouble('paying for requests', error);
        await session.pulse.after(seen, session.signal);
        continue;
      }
      const isLost = isNamed(error, 'TransactionLost', 'ChainUnavailable') || isOvertaken(error);
      unsure ||= isLost;
      // It cannot be sent again, but the one from before may still get through. Who refuses to sign does not wait for that.
      const isStuck = unsure && !isLost && !isNamed(error, 'Cancelled');
      if (isStuck) session.trouble('registering requests', error);
      const blocks = isStuck ? longestEraBlocks : unsure ? lostBlocks : 0;
      const slots = await look(session, batch, blocks, session.signal);
      const isAbsent = slots.size === 0;
      if (isAbsent && isLost) {
        // The place makes it harmless when both attempts get through: the chain takes only one.
        session.trouble('registering requests', error);
        continue;
      }
      if (!isAbsent || (refusal !== null && ofPlace.includes(refusal))) {
        if (isAbsent) await session.pulse.after(seen, session.signal);
        settle(session, batch, slots);
        return;
      }
      if (!unsure) await store.forgetSent(kept);
      const reason = error instanceof Error ? error.message : String(error);
      for (const entry of batch) session.deliverUnsent(entry, `The request was not registered: ${reason}`, !unsure);
      return;
    }
  }
}

const nothing: ReadonlyMap<number, Request> = new Map();

/** Refusals that say something of the place or of the agreement's end: the state tells what to do. */
const ofPlace: readonly string[] = [
  'execution.NotTheNextIndex',
  'execution.QuotaExceeded',
  'execution.AgreementEnded',
  'execution.EndsTooSoon',
];

/** Whether a pool refused a transaction because it has the same already, or no block took it in its time. */
function isOvertaken(error: unknown): boolean {
  return (
    isNamed(error, 'TransactionRefused') &&
    'reason' in error &&
    (error.reason === 'known' || error.reason === 'expired')
  );
}

/**
 * Submits a batch. Where a transaction from before may still get in, the places are watched meanwhile: once that one has
 * taken its number, no block takes the new one.
 *
 * @returns the number of the block, or what is in the places by now
 * @throws what `Account.submit` throws
 */
async function submit(
  session: Session,
  batch: readonly Entry[],
  isUnsure: boolean,
): Promise<number | ReadonlyMap<number, Request>> {
  const { account } = session.ports.chain;
  const payloads = batch.map(({ payload }) => payload ?? '');
  const call = { call: 'request', agreement: session.id, first: batch[0]?.index ?? 0, payloads } as const;
  const over = new AbortController();
  const signal = AbortSignal.any([session.signal, over.signal]);
  const submitting = account.submit(call, { signal }).then(({ block }) => block.number);
  if (!isUnsure) return submitting;
  const looking = look(session, batch, Infinity, signal);
  try {
    return await Promise.race([submitting, looking]);
  } finally {
    over.abort(new Error('It is settled what became of the requests.'));
    for (const rest of [submitting, looking]) rest.catch(() => undefined);
  }
}

async function takesRequests(session: Session): Promise<boolean> {
  return whyClosed(await session.agreement(), session.heads?.best.number ?? 0) === null;
}
