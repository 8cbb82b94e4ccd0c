/** Which bids are to be accepted. */
import type { Address } from '../../lib/market/types.ts';

interface Placed {
  readonly provider: Address;
}

/**
 * The providers whose bids are chosen, best first: those that somebody has picked, or the best ones before anybody has.
 * A picked one whose bid is gone is left out.
 *
 * @param bids best first
 * @param wanted how many the order wants at most
 */
export function chosenProviders(
  bids: readonly Placed[],
  wanted: number,
  picked: ReadonlySet<Address> | null,
): readonly Address[] {
  const all = bids.map(({ provider }) => provider);
  const chosen = picked === null ? all : all.filter((provider) => picked.has(provider));
  return chosen.slice(0, wanted);
}

/** What is chosen after a press on a provider: with one wanted it takes the other's place, with several it joins or leaves. */
export function afterPress(chosen: readonly Address[], pressed: Address, wanted: number): readonly Address[] {
  if (wanted === 1) return [pressed];
  if (chosen.includes(pressed)) return chosen.filter((provider) => provider !== pressed);
  return chosen.length < wanted ? [...chosen, pressed] : [...chosen.slice(0, -1), pressed];
}
