/** A Dx server: a peer that others join the network through, that keeps data for them, and that answers JSON-RPC. */
import type { FastifyBaseLogger } from 'fastify';

import { createDxPeer } from '../lib/dx/node/peer.ts';
import type { DxPeer } from '../lib/dx/peer.ts';
import type { ContentId } from '../lib/dx/types.ts';
import type { DxConfig } from './config.ts';
import { Metrics, counted } from './metrics.ts';
import { startRpc } from './rpc/server.ts';
import { startStun } from './stun.ts';

export interface DxServerOptions {
  readonly config: DxConfig;
  /** What the chain refers to. Without it everything is strangers' data. */
  readonly references?: () => Promise<ReadonlySet<ContentId>>;
  readonly log: FastifyBaseLogger;
}

export interface DxServer extends AsyncDisposable {
  readonly peer: DxPeer;
  /** JSON-RPC over HTTP; with `ws:` over WebSocket. */
  readonly rpcUrl: string;
  /** `stun:HOST:PORT`. */
  readonly stun: string;
  close(): Promise<void>;
}

/** Starts a server. What has been started when something fails is stopped again. */
export async function startDxServer({ config, references, log }: DxServerOptions): Promise<DxServer> {
  await using started = new AsyncDisposableStack();
  const ip = `/ip${config.host.includes(':') ? 6 : 4}/${config.host}`;
  const peer = started.use(
    await createDxPeer({
      server: true,
      listen: [
        `${ip}/tcp/${config.tcpPort}`,
        `${ip}/tcp/${config.wsPort}/ws`,
        `${ip}/udp/${config.webrtcPort}/webrtc-direct`,
      ],
      announce: config.announce,
      servers: config.bootstrap,
      ...(config.basePath === undefined ? {} : { folder: config.basePath }),
      keep: {
        limits: {
          strangerBytes: config.strangerBytes,
          strangerMs: config.strangerMs,
          totalBytes: config.totalBytes,
        },
        everyMs: config.collectMs,
        ...(references === undefined ? {} : { references }),
      },
    }),
  );
  const metrics = new Metrics(peer);
  peer.on('server', ({ server, state, reason }) => {
    if (state === 'connected') log.info({ server }, 'another server is connected');
    else log.warn({ server, reason }, `another server is ${state}`);
  });
  peer.on('warning', ({ message }) => log.warn(message));
  peer.on('kept', ({ key }) => log.debug({ key }, 'kept'));
  peer.on('removed', ({ key }) => log.debug({ key }, 'removed'));

  const stun = started.use(await startStun({ host: config.host, port: config.stunPort }));
  const rpc = await startRpc({
    peer: counted(peer, metrics),
    metrics,
    host: config.rpcHost,
    port: config.rpcPort,
    maxBytes: config.rpcMaxBytes,
    log,
  });
  started.defer(() => rpc.close());
  const running = started.move();
  const close = () => running.disposeAsync();
  return {
    peer,
    rpcUrl: rpc.url,
    stun: `stun:${hostOf(config.host)}:${stun.port}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
