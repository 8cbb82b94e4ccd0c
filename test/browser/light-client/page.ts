/**
 * The half of the light client that must run on a page's main thread, because only there are WebRTC connections: it
 * opens the connections and hands everything else to the worker.
 */
import { startWithBytecode, type SmoldotBytecode } from 'smoldot/no-auto-bytecode';

import { firstFinalized } from '../../support/follow.ts';

declare global {
  interface Window {
    /** Follows a chain, by WebRTC alone, to its first finalized block, and gives the block's hash. */
    followByWebRtc(chainSpec: string): Promise<string>;
  }
}

window.followByWebRtc = async (chainSpec) => {
  const worker = new Worker('/worker.js', { type: 'module' });
  const bytecode = new Promise<SmoldotBytecode>((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data as SmoldotBytecode), { once: true });
    worker.addEventListener('error', ({ message }) => reject(new Error(message)), { once: true });
  });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port1, [port1]);
  const client = startWithBytecode({ bytecode, portToWorker: port2, forbidWs: true, forbidWss: true, maxLogLevel: 2 });
  try {
    return await firstFinalized(await client.addChain({ chainSpec }));
  } finally {
    await client.terminate();
    worker.terminate();
  }
};
