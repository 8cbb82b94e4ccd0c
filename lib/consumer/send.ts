/** From inputs to registered requests: sealed for their place, uploaded, and registered in batches. */
import type { Agreement } from '../market/types.ts';
import { isNamed, refusalOf } from './errors.ts';
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
    if (ready.length === 0 && session.queue.length === 0) {
      await session.pulse.after(seen, session.signal);
      continue;
    }
    const agreement = await session.agreement();
    const closed = whyClosed(agreement, session.heads?.best.number ?? 0);
    if (closed !== null) {
      for (const entry of [...ready, ...session.queue.splice(0)]) session.deliverUnsent(entry, closed);
      ready = [];
      continue;
    }
    const next = agreement.counts.requested;
    if (ready.length > 0 && ready[0]?.index !== next) {
      session.queue.unshift(...ready);
      ready = [];
    }
    const room = Math.min(roomFor(agreement), maxBatch);
    if (room === 0) {
      await session.pulse.after(seen, session.signal);
      continue;
    }
    if (ready.length === 0) {
      ready = await prepare(session, agreement, next, room);
      // Preparing takes a while; the state may be another one now.
      continue;
    }
    const batch = ready.slice(0, room);
    const after = next + batch.length;
    const left = ready.slice(room);
    const ahead = Math.min(maxBatch, agreement.quota - after) - left.length;
    const [taken, further] = await Promise.all([
      register(session, batch),
      ahead > 0 ? prepare(session, agreement, after + left.length, Math.min(ahead, agreement.maxInFlight)) : [],
    ]);
    ready = [...left, ...further];
    if (!taken) {
      session.queue.unshift(...batch, ...ready);
      ready = [];
    }
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

/** For how many blocks a transaction that got lost is looked for before it is sent again. */
const lostBlocks = 4;
/** And when it cannot be sent again: longer than a transaction is valid. */
const validBlocks = 70;

/**
 * Registers prepared entries. They are written down first: from then on a crash loses nothing.
 *
 * @returns whether that is settled; if not, others took the places, and the entries have to be prepared anew
 */
async function register(session: Session, batch: readonly Entry[]): Promise<boolean> {
  const { store, chain, clock } = session.ports;
  const first = batch[0]?.index ?? 0;
  const kept = batch.map(({ index, payload, label }) => ({
    agreement: session.id,
    index: index ?? 0,
    payload: payload ?? '',
    label,
    sentAt: clock.now(),
  }));
  await store.saveSent(kept);
  const payloads = kept.map(({ payload }) => payload);
  let wasLost = false;
  for (;;) {
    const seen = session.pulse.count;
    try {
      const call = { call: 'request', agreement: session.id, first, payloads } as const;
      const { block } = await chain.account.submit(call, { signal: session.signal });
      registered(session, batch, block.number);
      return true;
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
      const isLost = isNamed(error, 'TransactionLost', 'ChainUnavailable');
      const found = await whereIs(session, batch, isLost ? lostBlocks : wasLost ? validBlocks : 0);
      wasLost ||= isLost;
      if (found === 'registered') {
        registered(session, batch, session.heads?.best.number ?? 0);
        return true;
      }
      if (found === 'absent' && isLost) {
        // The index makes it harmless when both attempts get through: the chain takes only one.
        session.trouble('registering requests', error);
        continue;
      }
      await store.forgetSent(kept);
      if (found === 'taken' || refusal === 'execution.NotTheNextIndex' || refusal === 'execution.QuotaExceeded') {
        if (found === 'absent') await session.pulse.after(seen, session.signal);
        return false;
      }
      const reason = error instanceof Error ? error.message : String(error);
      for (const entry of batch) session.deliverUnsent(entry, `The request was not registered: ${reason}`);
      return true;
    }
  }
}

async function takesRequests(session: Session): Promise<boolean> {
  return whyClosed(await session.agreement(), session.heads?.best.number ?? 0) === null;
}

function registered(session: Session, batch: readonly Entry[], block: number): void {
  for (const entry of batch) {
    entry.registeredIn = block;
    session.registered.add(entry);
    session.reached(entry, 'requested');
  }
  session.pulse.beat();
}

/** Looks at the places of a batch, again with each of the next `blocks` blocks while they are free. */
async function whereIs(
  session: Session,
  batch: readonly Entry[],
  blocks: number,
): Promise<'registered' | 'taken' | 'absent'> {
  const { chain } = session.ports;
  for (let look = 0; ; look++) {
    const seen = session.pulse.count;
    const slots = await session.read(() =>
      chain.requests(session.id, batch[0]?.index ?? 0, Math.min(batch.length, 100)),
    );
    // A batch is taken as a whole or not at all, so its first request tells.
    const slot = slots.find(({ index }) => index === batch[0]?.index);
    if (slot !== undefined) return slot.payload === batch[0]?.payload ? 'registered' : 'taken';
    if (look >= blocks) return 'absent';
    await session.pulse.after(seen, session.signal);
  }
}
