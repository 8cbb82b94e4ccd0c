/**
 * Trouble for the worker that it is loaded into, before that one's own code: what browsers, drivers and cables do to it in
 * real life and a test cannot wait for. It happens when the page asks for it.
 */
import { patch } from './patch.ts';

interface Wish {
  readonly deed: string;
  readonly count: number;
}

/** The flag of buffers that programs work on: https://www.w3.org/TR/webgpu/#buffer-usage. */
const storage = 0x80;

const memories: WebAssembly.Memory[] = [];
const devices: GPUDevice[] = [];
let buffers = 0;
let submissionsLeft = Infinity;

WebAssembly.Memory = class extends WebAssembly.Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.push(this);
  }
};

if ('GPUAdapter' in globalThis) {
  patch(
    GPUAdapter.prototype,
    'requestDevice',
    (requestDevice) =>
      async function (this: GPUAdapter, ...all) {
        const device = await requestDevice.apply(this, all);
        devices.push(device);
        return device;
      },
  );
  patch(
    GPUQueue.prototype,
    'submit',
    (submit) =>
      function (this: GPUQueue, commands) {
        submit.call(this, commands);
        submissionsLeft -= 1;
        if (submissionsLeft === 0) devices.forEach((device) => device.destroy());
      },
  );
  patch(
    GPUDevice.prototype,
    'createBuffer',
    (createBuffer) =>
      function (this: GPUDevice, descriptor) {
        if ((descriptor.usage & storage) !== 0) buffers += 1;
        return createBuffer.call(this, descriptor);
      },
  );
}

const deeds: Readonly<Record<string, (count: number) => number>> = {
  /** The GPU is gone after so many more times that it is given work. */
  loseGpu: (count) => (submissionsLeft = count),
  /** The worker crashes. */
  crash: () => {
    setTimeout(() => {
      throw new Error('a bug in the worker');
    });
    return 0;
  },
  /** How many bytes of memory WebAssembly has. */
  memory: () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  /** How many buffers were made on the GPU for what models compute with. */
  buffers: () => buffers,
};

const channel = new BroadcastChannel('trouble');
channel.addEventListener('message', ({ data }) => {
  const { deed, count } = data as Wish;
  const act = deeds[deed];
  if (act !== undefined) channel.postMessage({ answer: act(count) });
});
