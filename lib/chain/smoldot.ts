/** Smoldot, the light client that is embedded. */
import type { Client, ClientOptions } from 'smoldot';

import { WrongChain } from './errors.ts';
import type { LightChain } from './light-client.ts';

/** What smoldot logs up to this level goes to its log callback: errors and warnings. */
const warnings = 2;

/** How an embedded light client is run here: it stays quiet, and opens only what a page could open too. */
export const smoldotOptions: ClientOptions = {
  forbidTcp: true,
  maxLogLevel: warnings,
  logCallback: () => undefined,
};

/**
 * Starts smoldot in this process or page. It is loaded only now: it is large. In Node, prefer `startLightClientWorker`:
 * smoldot leaves timers behind, which would keep a process alive for minutes after its end.
 */
export async function startLightClient(): Promise<Client> {
  const { start } = await import('smoldot');
  return start(smoldotOptions);
}

/**
 * Opens a chain in a light client of its own, which ends when the chain is removed. What it returns fails with
 * {@link WrongChain} when the specification is none.
 *
 * @param start the light client; by default one in this process or page, see {@link startLightClient}
 */
export function smoldotChain(chainSpec: string, start: () => Promise<Client>): () => Promise<LightChain> {
  return async () => {
    const client = await start();
    const end = () => void client.terminate().catch(() => undefined);
    try {
      const chain = await client.addChain({ chainSpec });
      return {
        sendJsonRpc: (request) => chain.sendJsonRpc(request),
        nextJsonRpcResponse: () => chain.nextJsonRpcResponse(),
        remove() {
          try {
            // Otherwise smoldot fails over a response that comes when it has ended.
            chain.remove();
          } finally {
            end();
          }
        },
      };
    } catch (error) {
      end();
      // Trying again would not change the specification.
      throw new WrongChain(`The light client does not take the chain's specification: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  };
}
