/** Whether a page's workers really compute on a GPU: what they dispatch to it is counted in the workers themselves. */
import type { Page, Worker } from 'playwright';

import { within } from '../lib/wait.ts';

interface Counting {
  airoDispatches?: number;
}

/** Threads of WebAssembly wait for work in a way in which they answer nothing else. */
const patienceMs = 5_000;

/** Begins to count in all workers that the page has now. */
export async function countDispatches(page: Page): Promise<void> {
  await inEach(page, () => {
    const own = globalThis as typeof globalThis & Counting;
    if (own.airoDispatches !== undefined || !('GPUComputePassEncoder' in globalThis)) return 0;
    own.airoDispatches = 0;
    for (const method of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'] as const) {
      // As a value that has to be called on something, which a method taken from its object is not for TypeScript.
      const plain: unknown = Reflect.get(GPUComputePassEncoder.prototype, method);
      const counted = function (this: GPUComputePassEncoder, ...args: unknown[]): unknown {
        own.airoDispatches = (own.airoDispatches ?? 0) + 1;
        return Reflect.apply(plain as () => unknown, this, args);
      };
      Reflect.set(GPUComputePassEncoder.prototype, method, counted);
    }
    return 0;
  });
}

/** How many compute shaders were dispatched since then. */
export async function dispatches(page: Page): Promise<number> {
  const counts = await inEach(page, () => (globalThis as typeof globalThis & Counting).airoDispatches ?? 0);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What a function gives in each worker that answers. */
async function inEach(page: Page, look: () => number): Promise<readonly number[]> {
  const ask = (worker: Worker) =>
    within(worker.evaluate(look), { what: 'a worker to answer', timeoutMs: patienceMs }).catch(() => 0);
  return Promise.all(page.workers().map(ask));
}
