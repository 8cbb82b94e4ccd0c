/** Has the GPU of this worker see zeros instead of the inputs of models that are written to it. */
import { patch } from './patch.ts';

/** What is smaller are the parameters of programs, such as how long their loops are. */
const leastBytes = 1_024;

if ('GPUQueue' in globalThis) {
  patch(
    GPUQueue.prototype,
    'writeBuffer',
    (writeBuffer) =>
      function (this: GPUQueue, buffer, offset, data) {
        writeBuffer.call(this, buffer, offset, data.byteLength < leastBytes ? data : new Uint8Array(data.byteLength));
      },
  );
}
