/**
 * How a provider prices its bids. A strategy names a price; the floor, the order's highest price, the royalty and the
 * step between bids are rules of their own and bind every strategy alike.
 */

/** Always the same price per inference; the best bid's where that is higher by less than the market's step. */
export interface FixedStrategy {
  readonly kind: 'fixed';
  readonly price: bigint;
}

/** The measured time of an inference times the price of time, plus a margin, plus royalty and market fee. */
export interface CostStrategy {
  readonly kind: 'cost';
  /** The price of an hour of this machine's time. */
  readonly pricePerHour: bigint;
  /** What is added to the cost, as a part of it: 0.2 adds 20 %. */
  readonly margin: number;
  /** The lowest price it bids. */
  readonly floor: bigint;
}

/** Just below the best bid of somebody else, never below the floor; without other bids the starting price. */
export interface UndercutStrategy {
  readonly kind: 'undercut';
  readonly floor: bigint;
  /** The first bid's price; the order's highest price if left out. */
  readonly start?: bigint;
  /** By which part of the best bid to go below it; at least the market's step. */
  readonly step: number;
}

/** Somebody else's program or web service names the price, within the floor. */
export interface ExternalStrategy {
  readonly kind: 'external';
  readonly floor: bigint;
  /** A program with arguments, which gets the order as JSON on standard input; or an address to which it is posted. */
  readonly hook: { readonly command: readonly string[] } | { readonly url: string };
  readonly timeoutMs: number;
}

export type Strategy = FixedStrategy | CostStrategy | UndercutStrategy | ExternalStrategy;
