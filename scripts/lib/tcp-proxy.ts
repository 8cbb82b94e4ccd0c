/** A way to a TCP server on this machine that can be made slow, lossy, or cut. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';

/** How bad a way is. TCP sends again what was lost, so to those who use it a lost packet is a late one. */
export interface Weather {
  /** Added to each packet in either direction. */
  readonly delayMs: number;
  /** The part of the packets, 0 to 1, that are lost once. */
  readonly loss: number;
  /** By how much a lost packet is later than it would have been. */
  readonly resendMs: number;
}

export const fairWeather: Weather = { delayMs: 0, loss: 0, resendMs: 0 };

export interface TcpProxy {
  readonly port: number;
  /** From now on, for connections that exist and for new ones. */
  weather(weather: Weather): void;
  /** Ends all connections, and refuses new ones until {@link mend}. */
  cut(): void;
  mend(): void;
  close(): void;
}

export interface TcpProxyOptions {
  /** The port on 127.0.0.1 that it leads to. */
  readonly to: number;
  /** Whether it is HTTP or WebSocket to a server that takes only who calls it by its own port. */
  readonly rewritesHost?: boolean;
  /** Tells which packets are lost: numbers from 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/** So many bytes are under way in one direction before the sender has to wait. */
const mostUnderway = 4 * 1024 * 1024;

/** Starts a proxy on a free port. */
export async function startTcpProxy({
  to,
  rewritesHost = false,
  random = Math.random,
}: TcpProxyOptions): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let open = true;
  let weather = fairWeather;
  const lateMs = () => weather.delayMs + (weather.loss > 0 && random() < weather.loss ? weather.resendMs : 0);
  // Whoever says that it has sent all may still be waiting for an answer that is late.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (!open) {
      socket.destroy();
      return;
    }
    const onward = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    for (const [each, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(each);
      each.on('error', () => other.destroy());
      each.on('close', () => sockets.delete(each));
    }
    const forth = new Late(lateMs);
    // The first packet, a request to upgrade, says by which port the server was called.
    if (rewritesHost) {
      socket.once('data', (first) => {
        forth.write(first.toString('latin1').replace(/^host: .*$/im, `host: 127.0.0.1:${to}`), 'latin1');
        socket.pipe(forth);
      });
    } else socket.pipe(forth);
    forth.pipe(onward);
    onward.pipe(new Late(lateMs)).pipe(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const cut = () => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    weather: (next) => void (weather = next),
    cut,
    mend: () => void (open = true),
    close: () => {
      cut();
      server.close();
    },
  };
}

/** Passes everything on in order, each piece later by what `lateMs` says when it comes. */
class Late extends Transform {
  readonly #lateMs: () => number;
  readonly #pieces: Buffer[] = [];
  #dueAt = 0;
  #underway = 0;
  #waiting: (() => void) | undefined;

  constructor(lateMs: () => number) {
    super();
    this.#lateMs = lateMs;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const now = performance.now();
    this.#dueAt = Math.max(this.#dueAt, now + this.#lateMs());
    if (this.#dueAt <= now && this.#underway === 0) {
      done(null, chunk);
      return;
    }
    this.#underway += chunk.length;
    this.#pieces.push(chunk);
    // Timers that are due at almost the same time come in any order; the pieces must not.
    setTimeout(() => this.#passOn(), this.#dueAt - now);
    if (this.#underway < mostUnderway) done();
    else this.#waiting = done;
  }

  override _flush(done: TransformCallback): void {
    if (this.#underway === 0) done();
    else setTimeout(() => this._flush(done), Math.max(1, this.#dueAt - performance.now()));
  }

  #passOn(): void {
    const piece = this.#pieces.shift();
    if (piece === undefined) return;
    this.#underway -= piece.length;
    if (!this.destroyed) this.push(piece);
    if (this.#underway >= mostUnderway) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }
}
