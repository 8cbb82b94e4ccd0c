/**
 * Bitswap's messages as bytes: the parts of the protocol buffer that version 1.2 uses.
 *
 * @see https://specs.ipfs.tech/bitswap-protocol/
 */
import { CID } from 'multiformats/cid';

export interface WantEntry {
  readonly cid: CID;
  /** The block itself, or whether it is there. */
  readonly type: 'block' | 'have';
  readonly cancel: boolean;
  /** Whether to be told when it is not there. */
  readonly sendDontHave: boolean;
}

/** A block with what is needed beside its bytes to compute its content id. */
export interface WireBlock {
  readonly version: number;
  readonly codec: number;
  readonly hash: number;
  readonly digestBytes: number;
  readonly bytes: Uint8Array;
}

export interface Presence {
  readonly cid: CID;
  readonly has: boolean;
}

export interface BitswapMessage {
  readonly wants: readonly WantEntry[];
  /** Whether `wants` replaces what was wanted before. */
  readonly full: boolean;
  readonly blocks: readonly WireBlock[];
  readonly presences: readonly Presence[];
}

/** Bytes that are no message of Bitswap. */
export class InvalidMessage extends Error {
  override readonly name = 'InvalidMessage';
}

/** Encodes a message. A block is given by its content id and its bytes. */
export function encodeMessage(message: {
  readonly wants: readonly WantEntry[];
  readonly blocks: readonly { readonly cid: CID; readonly bytes: Uint8Array }[];
  readonly presences: readonly Presence[];
}): Uint8Array {
  const out = new Writer();
  if (message.wants.length > 0) {
    const list = new Writer();
    for (const { cid, type, cancel, sendDontHave } of message.wants) {
      const entry = new Writer();
      entry.bytes(1, cid.bytes);
      entry.number(2, 1);
      if (cancel) entry.number(3, 1);
      if (type === 'have') entry.number(4, 1);
      if (sendDontHave) entry.number(5, 1);
      list.bytes(1, entry.finish());
    }
    out.bytes(1, list.finish());
  }
  for (const { cid, bytes } of message.blocks) {
    const prefix = new Writer();
    for (const part of [cid.version, cid.code, cid.multihash.code, cid.multihash.digest.length]) prefix.varint(part);
    const block = new Writer();
    block.bytes(1, prefix.finish());
    block.bytes(2, bytes);
    out.bytes(3, block.finish());
  }
  for (const { cid, has } of message.presences) {
    const presence = new Writer();
    presence.bytes(1, cid.bytes);
    if (!has) presence.number(2, 1);
    out.bytes(4, presence.finish());
  }
  return out.finish();
}

/**
 * Decodes a message; blocks are views of it. Unknown fields are passed over.
 *
 * @throws {InvalidMessage}
 */
export function decodeMessage(bytes: Uint8Array): BitswapMessage {
  const wants: WantEntry[] = [];
  const blocks: WireBlock[] = [];
  const presences: Presence[] = [];
  let full = false;
  try {
    for (const [field, value] of fields(bytes)) {
      if (field === 1) {
        for (const [part, content] of fields(asBytes(value))) {
          if (part === 1) wants.push(decodeEntry(asBytes(content)));
          else if (part === 2) full = content !== 0;
        }
      } else if (field === 3) blocks.push(decodeBlock(asBytes(value)));
      else if (field === 4) presences.push(decodePresence(asBytes(value)));
    }
  } catch (error) {
    if (error instanceof InvalidMessage) throw error;
    throw new InvalidMessage('A message names something that is no content id.', { cause: error });
  }
  return { wants, full, blocks, presences };
}

function decodeEntry(bytes: Uint8Array): WantEntry {
  let cid: CID | undefined;
  let type: WantEntry['type'] = 'block';
  let cancel = false;
  let sendDontHave = false;
  for (const [field, value] of fields(bytes)) {
    if (field === 1) cid = CID.decode(asBytes(value));
    else if (field === 3) cancel = value !== 0;
    else if (field === 4) type = value === 1 ? 'have' : 'block';
    else if (field === 5) sendDontHave = value !== 0;
  }
  if (cid === undefined) throw new InvalidMessage('A want names no block.');
  return { cid, type, cancel, sendDontHave };
}

function decodeBlock(bytes: Uint8Array): WireBlock {
  let prefix = new Uint8Array();
  let data: Uint8Array = new Uint8Array();
  for (const [field, value] of fields(bytes)) {
    if (field === 1) prefix = new Uint8Array(asBytes(value));
    else if (field === 2) data = asBytes(value);
  }
  const reader = new Reader(prefix);
  const [version, codec, hash, digestBytes] = [reader.varint(), reader.varint(), reader.varint(), reader.varint()];
  return { version, codec, hash, digestBytes, bytes: data };
}

function decodePresence(bytes: Uint8Array): Presence {
  let cid: CID | undefined;
  let has = true;
  for (const [field, value] of fields(bytes)) {
    if (field === 1) cid = CID.decode(asBytes(value));
    else if (field === 2) has = value === 0;
  }
  if (cid === undefined) throw new InvalidMessage('A presence names no block.');
  return { cid, has };
}

/** The wire types of protocol buffers that occur: a number, eight bytes, counted bytes, four bytes. */
function* fields(bytes: Uint8Array): Generator<readonly [number, number | Uint8Array]> {
  const reader = new Reader(bytes);
  while (!reader.atEnd) {
    const tag = reader.varint();
    const wireType = tag & 7;
    const field = Math.floor(tag / 8);
    if (wireType === 0) yield [field, reader.varint()];
    else if (wireType === 1) yield [field, reader.take(8)];
    else if (wireType === 2) yield [field, reader.take(reader.varint())];
    else if (wireType === 5) yield [field, reader.take(4)];
    else throw new InvalidMessage(`A message has a field of wire type ${wireType}.`);
  }
}

function asBytes(value: number | Uint8Array): Uint8Array {
  if (typeof value === 'number') throw new InvalidMessage('A message has a number where bytes belong.');
  return value;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Numbers beyond 2^53, such as the 64 bits of a negative priority, are only passed over, so that they may lose digits. */
  varint(): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new InvalidMessage('A message ends within a number.');
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new InvalidMessage('A message has a number of more than 64 bits.');
  }

  take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.#at) throw new InvalidMessage('A message ends too early.');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

/** Collects parts and joins them once, so that a block's bytes are copied once for each message around them. */
class Writer {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  varint(value: number): void {
    const bytes: number[] = [];
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) {
        bytes.push(rest);
        break;
      }
      bytes.push((rest % 128) | 0x80);
    }
    this.#append(Uint8Array.from(bytes));
  }

  number(field: number, value: number): void {
    this.varint(field * 8);
    this.varint(value);
  }

  bytes(field: number, value: Uint8Array): void {
    this.varint(field * 8 + 2);
    this.varint(value.length);
    this.#append(value);
  }

  finish(): Uint8Array {
    const joined = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }

  #append(part: Uint8Array): void {
    this.#parts.push(part);
    this.#length += part.length;
  }
}
