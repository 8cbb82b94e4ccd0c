/**
 * What lies inside the envelopes on Dx. A message is a request or a response of the Open Inference Protocol: 32 bits,
 * little endian, with the value for the HTTP header `Inference-Header-Content-Length`, then the HTTP body as it is, so
 * that a provider can hand it to any server of that protocol unchanged. A result is a salt of 32 bytes and a message.
 */
import type { Hex } from '../market/types.ts';
import { InvalidRequest, InvalidResponse } from './errors.ts';
import type { Encoded } from './open-inference.ts';

/** The length of a result's salt in bytes. */
export const SALT_LENGTH = 32;
const PREFIX_LENGTH = 4;

/** A message from an encoded request or response. */
export function frame({ headerLength, body }: Encoded): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(PREFIX_LENGTH + body.length);
  new DataView(message.buffer).setUint32(0, headerLength, true);
  message.set(body, PREFIX_LENGTH);
  return message;
}

/**
 * The encoded request or response of a message; the body shares the message's memory. Whether it is a valid one is for
 * `decodeRequest` or `decodeResponse` to say.
 *
 * @throws {InvalidRequest} when the message is shorter than its header
 */
export function unframe(message: Uint8Array): { readonly headerLength: number; readonly body: Uint8Array } {
  if (message.length < PREFIX_LENGTH) throw new InvalidRequest(`${message.length} bytes are no message.`);
  const headerLength = new DataView(message.buffer, message.byteOffset).getUint32(0, true);
  const body = message.subarray(PREFIX_LENGTH);
  if (headerLength > body.length) {
    throw new InvalidRequest(`The message says that its header has ${headerLength} bytes; only ${body.length} follow.`);
  }
  return { headerLength, body };
}

/** A new salt, which keeps the commitment to a result from telling what the result is. */
export function newSalt(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(SALT_LENGTH));
}

/**
 * A result: what is sealed for the consumer.
 *
 * @throws {RangeError} when the salt does not have 32 bytes
 */
export function packResult(salt: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
  if (salt.length !== SALT_LENGTH) throw new RangeError(`A salt has ${SALT_LENGTH} bytes, not ${salt.length}.`);
  const result = new Uint8Array(SALT_LENGTH + message.length);
  result.set(salt);
  result.set(message, SALT_LENGTH);
  return result;
}

/**
 * Salt and message of a result; both share its memory.
 *
 * @throws {InvalidResponse} when it is too short
 */
export function unpackResult(result: Uint8Array): { readonly salt: Uint8Array; readonly message: Uint8Array } {
  if (result.length < SALT_LENGTH + PREFIX_LENGTH) throw new InvalidResponse(`${result.length} bytes are no result.`);
  return { salt: result.subarray(0, SALT_LENGTH), message: result.subarray(SALT_LENGTH) };
}

/** The commitment to a result that stands on chain: the SHA-256 of salt and message. */
export async function commitmentOf(result: Uint8Array): Promise<Hex> {
  // A view of shared memory cannot be hashed.
  const bytes = result.buffer instanceof ArrayBuffer ? (result as Uint8Array<ArrayBuffer>) : new Uint8Array(result);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `0x${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
