/** Length-prefixed messages on streams of libp2p. */
import type { Connection, PeerId, Stream } from '@libp2p/interface';
import * as lengthPrefixed from 'it-length-prefixed';
import type { Libp2p } from 'libp2p';

import { pause } from './pause.ts';

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

/** A stream, and the connection that it runs over. */
export interface OpenStream {
  readonly stream: Stream;
  readonly connection: Connection;
}

/** So often a stream is tried to be opened, and so long is waited in between, in milliseconds. */
const OPEN_TRIES = 3;
const OPEN_PAUSE_MS = 250;

/**
 * Opens a stream to a connected peer. Over WebRTC a stream that is opened just after another one was closed can be closed
 * at once: it has got the number of the old one, which the other side has not finished closing. So it is tried again.
 *
 * @throws when there is no connection to the peer, or none of the tries succeeded; with the signal's reason when it aborts
 */
export async function openStream(
  libp2p: Libp2p,
  peer: PeerId,
  protocol: string,
  signal: AbortSignal,
): Promise<OpenStream> {
  for (let tries = 1; ; tries++) {
    const connection = connectionTo(libp2p, peer);
    if (connection === undefined) throw new Error(`There is no connection to ${peer.toString()}.`);
    try {
      const stream = await connection.newStream(protocol, { runOnLimitedConnection: true, signal });
      return { stream, connection };
    } catch (error) {
      signal.throwIfAborted();
      const isFinal = error instanceof Error && error.name === 'UnsupportedProtocolError';
      if (isFinal || tries === OPEN_TRIES || connection.status !== 'open') throw error;
    }
    await pause(OPEN_PAUSE_MS, signal);
    signal.throwIfAborted();
  }
}

/** An error's message, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
