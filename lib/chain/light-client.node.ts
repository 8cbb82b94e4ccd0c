/** Smoldot in a worker thread of Node, so that checking blocks never holds up this process. */
import { MessageChannel, Worker } from 'node:worker_threads';

import type { Client } from 'smoldot';
import { startWithBytecode } from 'smoldot/no-auto-bytecode';
import { compileBytecode } from 'smoldot/bytecode';

import { smoldotOptions } from './smoldot.ts';

/**
 * Starts smoldot with its CPU-heavy half in a worker thread, which ends with the client. For the option `start` of
 * `connectChain`.
 */
export async function startLightClientWorker(): Promise<Client> {
  const bytecode = await compileBytecode();
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL('./light-client-worker.node.ts', import.meta.url), {
    workerData: port2,
    transferList: [port2],
  });
  const client = startWithBytecode({
    ...smoldotOptions,
    bytecode,
    portToWorker: port1 as unknown as globalThis.MessagePort,
  });
  return {
    addChain: (options) => client.addChain(options),
    async terminate() {
      try {
        await client.terminate();
      } finally {
        await worker.terminate();
      }
    },
  };
}
