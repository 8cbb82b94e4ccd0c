/**
 * The places of requests in their agreement. A payload is sealed for its place, and the chain gives a place once. So a
 * request can be sent for its place as often as needed, by any transaction: it is registered, and paid, once at most. It
 * gets another place only when no transaction can register it in its own any more.
 */
import type { Request } from '../market/types.ts';
import type { Entry, Session } from './session.ts';

/** For how many blocks a transaction that got lost is looked for. */
export const lostBlocks = 4;
/** No transaction is valid for more blocks than this (`lib/chain/signer.ts`). */
export const longestEraBlocks = 256;

/**
 * Looks at the places of entries that follow one another, again with each of the next `blocks` blocks while they are free.
 *
 * @returns the requests in these places, by index; none when they are still free
 * @throws the signal's reason
 */
export async function look(
  session: Session,
  batch: readonly Entry[],
  blocks: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Request>> {
  const first = batch[0]?.index ?? 0;
  const last = (session.heads?.best.number ?? 0) + blocks;
  for (;;) {
    signal.throwIfAborted();
    const seen = session.pulse.count;
    const isOver = (session.heads?.best.number ?? 0) >= last;
    const slots = await session.read(() =>
      session.ports.chain.requests(session.id, first, Math.min(batch.length, 100)),
    );
    if (slots.length > 0 || isOver) return new Map(slots.map((slot) => [slot.index, slot]));
    await session.pulse.after(seen, signal);
  }
}

/** Hands entries over by what is in their places: to who collects, or back to those that are to be sent. */
export function settle(session: Session, batch: readonly Entry[], slots: ReadonlyMap<number, Request>): void {
  const best = session.heads?.best.number ?? 0;
  for (const entry of batch) {
    const slot = slots.get(entry.index ?? -1);
    if (slot?.payload === entry.payload) register(session, entry, best);
    else if (slot === undefined) session.placed.add(entry);
    else compete(session, entry, best);
  }
  session.pulse.beat();
}

/** An entry is registered in this block. */
export function register(session: Session, entry: Entry, block: number): void {
  entry.registeredIn = block;
  session.placed.delete(entry);
  session.registered.add(entry);
  session.reached(entry, 'requested');
}

/** Something is in an entry's place: who collects finds out what it is, and what becomes of it in the end. */
export function compete(session: Session, entry: Entry, block: number): void {
  entry.registeredIn = Math.max(entry.registeredIn, block);
  session.placed.delete(entry);
  session.registered.add(entry);
}

/**
 * Those that can be sent now of the entries that have a place: the ones for the next place and those behind it. Such a place
 * can also lie further ahead, when a block with the requests before it was replaced. Those come back, or others take the
 * places; an entry that waits for longer than any transaction lives gets a new place.
 */
export async function placedFrom(session: Session, next: number): Promise<readonly Entry[]> {
  const finalized = session.heads?.finalized.number ?? 0;
  const byIndex = new Map<number, Entry>();
  for (const entry of session.placed) {
    const index = entry.index ?? 0;
    if (index < next) compete(session, entry, session.heads?.best.number ?? 0);
    // Of several for one place, one is sent; the others have lost it then.
    else if (!byIndex.has(index)) byIndex.set(index, entry);
    if (index > next && finalized > (entry.triedIn ?? session.begunIn) + longestEraBlocks) {
      await giveNewPlace(session, entry);
      byIndex.delete(index);
    }
  }
  const following: Entry[] = [];
  for (let entry = byIndex.get(next); entry !== undefined; entry = byIndex.get(next + following.length)) {
    following.push(entry);
  }
  return following;
}

/** Puts an entry that cannot be registered in its place any more back into the queue. */
export async function giveNewPlace(session: Session, entry: Entry): Promise<void> {
  const { index, payload, label } = entry;
  entry.bytes ??= (await session.recover?.(label)) ?? null;
  if (entry.bytes === null) {
    session.deliverUnsent(entry, 'It was not sent, and cannot be any more: its place is gone. Send the input anew.');
    return;
  }
  await session.ports.store.forgetSent([{ agreement: session.id, index: index ?? 0, payload: payload ?? '' }]);
  session.placed.delete(entry);
  session.registered.delete(entry);
  session.queue.push(entry);
  session.pulse.beat();
}
