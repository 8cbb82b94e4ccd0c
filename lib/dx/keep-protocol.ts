/**
 * The protocol by which a peer asks others to keep data for it: `/airo/dx/keep/1.0.0`.
 *
 * The asking peer opens a stream and leaves it open for further requests. Every message is JSON in UTF-8 after its length
 * as an unsigned varint, and at most {@link MAX_KEEP_MESSAGE_BYTES} long.
 *
 * - request: `{"id": 1, "key": "bafkrei...", "bytes": 3000}`: please keep the data with this content id and size
 * - answer: `{"id": 1, "kept": true}`: all of it is stored, and its hashes are checked
 * - or: `{"id": 1, "kept": false, "reason": "Full", "message": "..."}`: it is not
 *
 * `id` is chosen by the asking peer and names the request in its answer; answers come in any order. The storer fetches
 * what it does not have from the asking peer by Bitswap, so that peer must hold it until the answer has come. Fields that
 * are not known are ignored; another kind of request would be another version of the protocol.
 */
import { z } from 'zod';

export const KEEP_PROTOCOL = '/airo/dx/keep/1.0.0';

export const MAX_KEEP_MESSAGE_BYTES = 1024;

/**
 * Why something is not kept: the request is not understood; there is more than is taken from strangers; there is no
 * room; too many requests at once; it could not be fetched from the asking peer; it is not what it should be.
 */
export const refusals = ['Invalid', 'TooLarge', 'Full', 'Busy', 'NotFetched', 'Corrupt'] as const;
export type Refusal = (typeof refusals)[number];

const id = z.int().nonnegative();

export const keepRequest = z.object({ id, key: z.string().max(100), bytes: z.int().nonnegative() });
export type KeepRequest = z.infer<typeof keepRequest>;

export const keepAnswer = z.discriminatedUnion('kept', [
  z.object({ id, kept: z.literal(true) }),
  z.object({ id, kept: z.literal(false), reason: z.enum(refusals).catch('Invalid'), message: z.string() }),
]);
export type KeepAnswer = z.infer<typeof keepAnswer>;

export function encodeKeepMessage(message: KeepRequest | KeepAnswer): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

/** Bytes that are no message of the keep protocol. */
export class InvalidKeepMessage extends Error {
  override readonly name = 'InvalidKeepMessage';
}

/** @throws {InvalidKeepMessage} when it is no such message */
export function decodeKeepMessage<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  let message: unknown;
  try {
    message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InvalidKeepMessage('A message of the keep protocol is no JSON.', { cause: error });
  }
  const result = schema.safeParse(message);
  if (result.success) return result.data;
  throw new InvalidKeepMessage('A message of the keep protocol is not what it should be.', { cause: result.error });
}
