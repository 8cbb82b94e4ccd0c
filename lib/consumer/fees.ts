/** What sending requests costs whoever signs them. */

/** The chain's fees of transactions that register requests, in the smallest unit. */
export interface RequestFees {
  /** For one request. */
  readonly one: bigint;
  /** For a full batch. */
  readonly batch: bigint;
  /** How many requests a full batch has. */
  readonly batchSize: number;
}

/** So many inferences are taken to be sent one at a time, as people do who look at each result. */
const alone = 32;

/** Fees rise while blocks are full; within the hours of an agreement hardly by more than this, in percent. */
const reservePercent = 50n;

/**
 * What registering so many requests will cost: the first 32 in transactions of their own, the others in full batches, and
 * half as much again in case that fees rise.
 */
export function feesOfSending(inferences: number, { one, batch, batchSize }: RequestFees): bigint {
  const single = Math.min(inferences, alone);
  const batches = Math.ceil((inferences - single) / batchSize);
  const fees = BigInt(single) * one + BigInt(batches) * batch;
  return (fees * (100n + reservePercent)) / 100n;
}
