/** What a provider says on the chain of a model that it serves. */
import type { Offer } from '../market/types.ts';

/** A measured time is announced anew when it is wrong by this factor. */
const CHANGED_BY = 2;
const LARGEST_TIME = 0xffff_ffff;

/** A time per inference as the chain keeps it: in whole microseconds, from 1 on. */
export function announcedMicroseconds(timeMs: number): number {
  return Math.min(LARGEST_TIME, Math.max(1, Math.round(timeMs * 1000)));
}

/** Whether an offer has to be made or made anew for this version and time. */
export function isOutdated(offer: Offer | null, version: number, timeMs: number): boolean {
  if (offer?.version !== version) return true;
  const changed = announcedMicroseconds(timeMs) / offer.timeMicroseconds;
  return changed > CHANGED_BY || changed < 1 / CHANGED_BY;
}
