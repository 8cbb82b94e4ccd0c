/**
 * A STUN server, as much of it as WebRTC needs: it answers each Binding request over UDP with the address that it came
 * from, so that a browser learns how it looks from outside. Requests with attributes that must be understood and are not
 * get the error 420; everything that is no Binding request gets no answer.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8489
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { crc32 } from 'node:zlib';

export const MAGIC_COOKIE = 0x2112_a442;
const headerBytes = 20;
const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
const bindingError = 0x0111;
const attributes = { errorCode: 0x0009, unknownAttributes: 0x000a, xorMappedAddress: 0x0020, fingerprint: 0x8028 };
/** Attributes below this must be understood (section 14). */
const optionalFrom = 0x8000;
/**
 * Those that may stand in a request here: MAPPED-ADDRESS, USERNAME, MESSAGE-INTEGRITY, REALM, NONCE, and from ICE
 * PRIORITY and USE-CANDIDATE. Nothing is asked of them, because answers are given to everybody.
 */
const harmless = new Set([0x0001, 0x0006, 0x0008, 0x0014, 0x0015, 0x001c, 0x0024, 0x0025]);
const fingerprintMask = 0x5354_554e;

export interface StunServer extends AsyncDisposable {
  /** The UDP port on which it listens. */
  readonly port: number;
  close(): Promise<void>;
}

/** @throws when it cannot listen there */
export async function startStun(options: { readonly host: string; readonly port: number }): Promise<StunServer> {
  const socket = createSocket(isIPv6(options.host) ? 'udp6' : 'udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(options.port, options.host, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  // An answer that cannot be delivered is lost, as with any datagram.
  socket.on('error', () => undefined);
  socket.on('message', (message, from) => {
    const answer = answerStun(message, from);
    if (answer !== undefined) socket.send(answer, from.port, from.address, () => undefined);
  });
  const close = () => closeSocket(socket);
  return { port: socket.address().port, close, [Symbol.asyncDispose]: close };
}

/** The answer to a datagram, or `undefined` where none is due. */
export function answerStun(message: Buffer, from: Pick<RemoteInfo, 'address' | 'port'>): Buffer | undefined {
  if (message.length < headerBytes || message.length % 4 !== 0) return undefined;
  if (message.readUInt16BE(0) !== bindingRequest || message.readUInt32BE(4) !== MAGIC_COOKIE) return undefined;
  if (message.readUInt16BE(2) !== message.length - headerBytes) return undefined;
  const transaction = message.subarray(4, headerBytes);
  const types = attributeTypes(message);
  if (types === undefined) return undefined;
  const unknown = types.filter((type) => type < optionalFrom && !harmless.has(type));
  if (unknown.length > 0) {
    const list = Buffer.alloc(2 * unknown.length);
    unknown.forEach((type, i) => list.writeUInt16BE(type, 2 * i));
    const reason = Buffer.concat([Buffer.from([0, 0, 4, 20]), Buffer.from('Unknown Attribute')]);
    return encode(bindingError, transaction, [
      [attributes.errorCode, reason],
      [attributes.unknownAttributes, list],
    ]);
  }
  return encode(bindingSuccess, transaction, [[attributes.xorMappedAddress, xorAddress(transaction, from)]]);
}

/** The types of a request's attributes, or `undefined` when they do not fit into it. */
function attributeTypes(message: Buffer): number[] | undefined {
  const types: number[] = [];
  for (let at = headerBytes; at < message.length;) {
    types.push(message.readUInt16BE(at));
    at += 4 + Math.ceil(message.readUInt16BE(at + 2) / 4) * 4;
    if (at > message.length) return undefined;
  }
  return types;
}

/** The address, combined with the magic cookie and the transaction's id, so that no router rewrites it on the way. */
function xorAddress(transaction: Buffer, { address, port }: Pick<RemoteInfo, 'address' | 'port'>): Buffer {
  const bytes = addressBytes(address);
  const value = Buffer.alloc(4 + bytes.length);
  value.writeUInt8(bytes.length === 4 ? 1 : 2, 1);
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  bytes.forEach((byte, i) => value.writeUInt8(byte ^ (transaction[i] ?? 0), 4 + i));
  return value;
}

/** @param address in the form in which Node reports it */
function addressBytes(address: string): number[] {
  if (!isIPv6(address)) return address.split('.').map(Number);
  // The parser of URLs knows every way to write an address; a zone is no part of it.
  const plain = new URL(`http://[${address.split('%')[0] ?? ''}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
  return all.flatMap((group) => [group >>> 8, group & 0xff]);
}

function encode(type: number, transaction: Buffer, parts: readonly (readonly [number, Buffer])[]): Buffer {
  const body = Buffer.concat(parts.map(([kind, value]) => attribute(kind, value)));
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  // The fingerprint at the end is part of the length that it covers.
  header.writeUInt16BE(body.length + 8, 2);
  const message = Buffer.concat([header, transaction, body]);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(message) ^ fingerprintMask) >>> 0);
  return Buffer.concat([message, attribute(attributes.fingerprint, fingerprint)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

async function closeSocket(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}
