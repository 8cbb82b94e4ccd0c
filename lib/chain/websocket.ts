/** A chain's JSON-RPC by WebSocket. */
import { WsProvider } from '@polkadot/rpc-provider';

import type { Link, OpenLink } from './link.ts';
import { deadline, pause, unlessAborted } from './waiting.ts';
import { ChainUnavailable } from '../market/errors.ts';

/** How long a node may take to let us in. */
const openTimeoutMs = 10_000;
/** A node that answers nothing for so long is as good as gone, even if its socket is open. */
const heartbeat = { everyMs: 10_000, timeoutMs: 10_000 } as const;

/**
 * Links to nodes by WebSocket. The first address is tried first, after a failure the next one, and so on around.
 *
 * @throws {ChainUnavailable} when there is no address, or one is not of a WebSocket
 */
export function webSocketLinks(urls: readonly string[]): OpenLink {
  if (urls.length === 0) throw new ChainUnavailable('No address of a node is given, such as ws://127.0.0.1:9944.');
  for (const url of urls) {
    if (!/^wss?:\/\/./.test(url)) {
      throw new ChainUnavailable(`${url} is no address of a node: one such as ws://127.0.0.1:9944 is wanted.`);
    }
  }
  let last = -1;
  return (_, signal) => {
    last = (last + 1) % urls.length;
    return openWebSocket(urls[last] ?? '', signal);
  };
}

async function openWebSocket(url: string, signal: AbortSignal): Promise<Link> {
  // It connects once and does not cache: another link follows when this one is lost.
  const provider = new WsProvider(url, false, {}, undefined, 0);
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  const ended = new AbortController();
  const end = (reason: string) => {
    lose(reason);
    ended.abort(new ChainUnavailable(`The connection was lost: ${reason}.`));
    void provider.disconnect();
  };
  provider.on('disconnected', () => end(`${url} has closed the connection`));
  const limit = deadline(openTimeoutMs, () => new Error(`${url} does not answer`), signal);
  try {
    await provider.connect();
    const refused = lost.then(() => Promise.reject(new Error(`${url} cannot be reached`)));
    await unlessAborted(Promise.race([provider.isReady, refused]), limit.signal);
  } catch (error) {
    end('it was not opened');
    throw error;
  } finally {
    limit.clear();
  }

  void beat(provider, ended.signal).catch(() => end(`${url} has stopped to answer`));
  // A socket that is closed while nobody answers may never say so: then the pending answers are given up here.
  const answered = <T>(answer: Promise<T>) => unlessAborted(answer, ended.signal);
  return {
    send: (method, params) => answered(provider.send(method, [...params])),
    subscribe: (type, method, params, callback) => answered(provider.subscribe(type, method, [...params], callback)),
    unsubscribe: (type, method, id) => answered(provider.unsubscribe(type, method, id)),
    lost,
    close: () => end('it was closed'),
  };
}

/** Asks the node for a sign of life from time to time, until the signal aborts. @throws when there is none in time */
async function beat(provider: WsProvider, ended: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await pause(heartbeat.everyMs, ended);
    } catch {
      return;
    }
    const limit = deadline(heartbeat.timeoutMs, () => new Error('no answer'), ended);
    try {
      await unlessAborted(provider.send('system_health', []), limit.signal);
    } finally {
      limit.clear();
    }
  }
}
