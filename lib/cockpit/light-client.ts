/**
 * The light client of this page. Its half that opens connections runs here, because only a page's main thread has WebRTC;
 * the half that computes is in `workers/light-client.ts`.
 */
import type { Chain, Client } from 'smoldot';
import { AddChainError, startWithBytecode, type SmoldotBytecode } from 'smoldot/no-auto-bytecode';

import { smoldotOptions } from '../chain/smoldot.ts';
import { WrongChain } from '../chain/errors.ts';
import type { LightChain } from '../chain/light-client.ts';
import { Probe } from './probe.ts';

/** What a light client is given, and what it gives to look at it. */
export interface LightClientOptions {
  readonly chainSpec: string;
  /** What an earlier visit has kept; `null` for none. Asked for at each start. */
  readonly database: () => Promise<string | null>;
  /** Called with the chain each time that one is opened, to ask it how it is. */
  readonly onOpened: (probe: Probe) => void;
}

/** A light client for one chain, whoever runs it. */
export interface ClientOfChain {
  /**
   * Opens the chain. For the option `open` of `connectChain`, which calls it again when the light client has crashed.
   */
  readonly open: () => Promise<LightChain>;
  /** Has it replaced by another one: the connection notices, and opens the chain again. */
  readonly restart: () => void;
  /** Ends what was started and never opened. */
  readonly close: () => void;
}

/**
 * The light client of a chain, in the page and a worker of its own; both end when the chain is removed.
 *
 * @param first one that was started in advance, for the first opening
 */
export function pageLightClient(options: LightClientOptions, first: StartedLightClient): ClientOfChain {
  let next: StartedLightClient | null = first;
  let current: LightChain | null = null;
  return {
    async open() {
      const started = next ?? startLightClient();
      next = null;
      const { client, end } = started;
      try {
        const { chainSpec } = options;
        const database = await options.database();
        const chain = await client.addChain({ chainSpec, ...(database === null ? {} : { databaseContent: database }) });
        const probe = new Probe(lightChain(chain, end));
        current = probe;
        options.onOpened(probe);
        return probe;
      } catch (error) {
        end();
        if (!(error instanceof AddChainError)) throw error;
        // Trying again would not change the specification.
        throw new WrongChain(`The light client does not take the chain's specification: ${error.message}.`, {
          cause: error,
        });
      }
    },
    restart: () => current?.remove(),
    close() {
      next?.end();
      next = null;
    },
  };
}

/** A light client without a chain. */
export interface StartedLightClient {
  readonly client: Client;
  readonly end: () => void;
}

/**
 * Starts a light client. Its worker fetches and compiles what it needs, which takes as long as finding out which chain is
 * wanted: it is done in advance.
 */
export function startLightClient(): StartedLightClient {
  const worker = new Worker(new URL('../../workers/light-client.ts', import.meta.url), { type: 'module' });
  const bytecode = new Promise<SmoldotBytecode>((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data as SmoldotBytecode), { once: true });
    worker.addEventListener('error', ({ message }) => reject(new Error(message || 'its worker did not start')), {
      once: true,
    });
  });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port1, [port1]);
  const client = startWithBytecode({ ...smoldotOptions, bytecode, portToWorker: port2 });
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    void client
      .terminate()
      .catch(() => undefined)
      .finally(() => worker.terminate());
  };
  return { client, end };
}

function lightChain(chain: Chain, end: () => void): LightChain {
  return {
    sendJsonRpc: (request) => chain.sendJsonRpc(request),
    nextJsonRpcResponse: () => chain.nextJsonRpcResponse(),
    remove() {
      try {
        chain.remove();
      } catch {
        // The light client is gone, and the chain with it.
      }
      end();
    },
  };
}
