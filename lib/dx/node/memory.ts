/** How V8 is to treat the memory through which data passes. */
import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 count buffers with its heap when it decides whether to collect garbage. Data passes through a peer in buffers
 * outside of the heap, several copies of it, and by default V8 looks through the whole heap after every 64 MiB of these.
 * With payloads of 600 kB that was every few payloads, and took more processor time than all else that a provider does
 * beside running the model. This way it happens when buffers and heap together have grown as the heap alone may.
 */
export function countBuffersWithHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
