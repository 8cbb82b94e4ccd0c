/** Where the money of an agreement is. */
import type { Agreement } from '../market/types.ts';

/** The parts of an agreement's price × inferences, in the smallest unit; they add up to `agreed`. */
export interface Settlement {
  readonly agreed: bigint;
  readonly paid: bigint;
  readonly refunded: bigint;
  readonly escrow: bigint;
  /** The parts of `paid`. */
  readonly toProvider: bigint;
  readonly toOwner: bigint;
  readonly toMarket: bigint;
}

/**
 * Reads from an agreement's counts where its money is. An answer that waits for the dispute window is still in escrow;
 * the end of an agreement refunds everything that is not delivered.
 */
export function settlement(agreement: Agreement): Settlement {
  const { price, royalty, fee, quota, counts, state } = agreement;
  const times = (count: number, amount: bigint) => BigInt(count) * amount;
  const agreed = times(quota, price);
  const paid = times(counts.delivered, price);
  const refundedSlots = counts.consumerFaults + counts.providerFaults + counts.missed;
  const refunded = state.kind === 'ended' ? agreed - paid : times(refundedSlots, price);
  const toOwner = times(counts.delivered, royalty);
  const toMarket = times(counts.delivered, fee);
  return {
    agreed,
    paid,
    refunded,
    escrow: agreed - paid - refunded,
    toProvider: paid - toOwner - toMarket,
    toOwner,
    toMarket,
  };
}
