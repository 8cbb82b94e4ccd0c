/** Length-prefixed messages on streams of libp2p. */
import type { Connection, PeerId, Stream } from '@libp2p/interface';
import * as lengthPrefixed from 'it-length-prefixed';
import type { Libp2p } from 'libp2p';

/**
 * Reads messages until the other side has no more.
 *
 * @throws when one is longer than `maxBytes`, or the stream breaks
 */
export async function* readFrames(stream: Stream, maxBytes: number): AsyncGenerator<Uint8Array> {
  for await (const frame of lengthPrefixed.decode(stream, { maxDataLength: maxBytes })) yield frame.subarray();
}

/** Sends a message, and waits for as long as the other side does not keep up. */
export async function writeFrame(stream: Stream, message: Uint8Array, signal: AbortSignal): Promise<void> {
  if (!stream.send(lengthPrefixed.encode.single(message))) await stream.onDrain({ signal });
}

/** The best open connection to a peer: a direct one if there is one. */
export function connectionTo(libp2p: Libp2p, peer: PeerId): Connection | undefined {
  const open = libp2p.getConnections(peer).filter(({ status }) => status === 'open');
  return open.find(({ limits }) => limits === undefined) ?? open[0];
}

/** An error's message, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
