/** The GPU of a worker, with what onnxruntime does not tell of it: how much work it was given, and that it is gone. */
import type { Tensor as OrtTensor } from 'onnxruntime-web';

import { elementSize } from '../tensor.ts';
import type { Tensor } from '../types.ts';
import type { AdapterInfo, Reason } from './types.ts';

/** Why a model does not start in a worker. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Flags of the specification that TypeScript does not know as values: https://www.w3.org/TR/webgpu/#buffer-usage. */
const usages = { mapRead: 0x1, copySource: 0x4, copyDestination: 0x8, storage: 0x80 } as const;
const mapModeRead = 0x1;

/** What onnxruntime's kernels use where the GPU has it. */
const features = ['shader-f16', 'subgroups'] as const;

const limits = [
  'maxBindGroups',
  'maxBufferSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** Data types that shaders read as they are, and what onnxruntime calls them. */
const uploadable = { FP32: 'float32', FP16: 'float16', INT32: 'int32', UINT32: 'uint32' } as const;

/** Buffers are kept for so many sizes of inputs: batches of one to a few. */
const maxBuffers = 16;
/** Shaders read whole words, and onnxruntime groups of four of them. */
const alignment = 16;

/** A GPU that is open. */
export class Gpu {
  readonly device: GPUDevice;
  readonly adapter: AdapterInfo;
  /** Resolves with the reason when it is gone. */
  readonly lost: Promise<string>;
  readonly #lost = Promise.withResolvers<string>();
  readonly #buffers = new Map<string, GPUBuffer>();
  #isLost = false;
  #submissions = 0;

  /** @throws {NotStarted} when there is none, or it cannot be used */
  static async open(): Promise<Gpu> {
    // It is missing in older browsers, and in pages without https.
    const { gpu } = navigator as { readonly gpu?: GPU };
    if (gpu === undefined) throw new NotStarted('NoWebGpu', 'This browser has no WebGPU in workers.');
    const adapter = await gpu.requestAdapter();
    if (adapter === null) throw new NotStarted('NoAdapter', 'The browser gives no GPU for WebGPU.');
    try {
      const device = await adapter.requestDevice({
        requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
        requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
      });
      return new Gpu(device, adapter.info);
    } catch (error) {
      throw new NotStarted('NoDevice', `The GPU cannot be opened: ${error instanceof Error ? error.message : ''}`);
    }
  }

  private constructor(device: GPUDevice, info: GPUAdapterInfo) {
    const { vendor, architecture, device: name, description, isFallbackAdapter } = info;
    this.device = device;
    this.adapter = { vendor, architecture, device: name, description, isFallback: isFallbackAdapter };
    this.lost = this.#lost.promise;
    const { queue } = device;
    const submit = queue.submit.bind(queue);
    queue.submit = (commands) => {
      this.#submissions += 1;
      submit(commands);
    };
    void device.lost.then(({ message }) => this.#lose(message || 'the browser does not say why'));
    // Results that were computed after an error, such as one of memory, can be anything.
    device.addEventListener('uncapturederror', ({ error }) => this.#lose(error.message));
  }

  /** How often commands were handed to the GPU so far. */
  get submissions(): number {
    return this.#submissions;
  }

  /** Whether it is gone, asked of the GPU itself: after a failure the news of a loss may still be on its way. */
  async isLost(): Promise<boolean> {
    if (this.#isLost) return true;
    try {
      const probe = this.device.createBuffer({ size: 4, usage: usages.mapRead | usages.copyDestination });
      await probe.mapAsync(mapModeRead);
      probe.destroy();
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error));
    }
    return this.#isLost;
  }

  /**
   * Writes an input straight into memory of the GPU, without a copy in that of WebAssembly. The memory is used again for
   * the next input of that name and size, so one run must be over before the next one.
   *
   * @param fromGpuBuffer the function of onnxruntime's tensors
   * @returns `null` for a tensor that shaders do not read as it is
   */
  upload(fromGpuBuffer: typeof OrtTensor.fromGpuBuffer, { name, dataType, shape, data }: Tensor): OrtTensor | null {
    const type = dataType in uploadable ? uploadable[dataType as keyof typeof uploadable] : null;
    if (type === null || data.length === 0 || data.length % 4 !== 0 || elementSize(dataType) === null) return null;
    const size = Math.ceil(data.length / alignment) * alignment;
    const gpuBuffer = this.#buffer(`${name} ${size}`, size);
    this.device.queue.writeBuffer(gpuBuffer, 0, data);
    return fromGpuBuffer(gpuBuffer, { dataType: type, dims: [...shape] });
  }

  #buffer(key: string, size: number): GPUBuffer {
    const known = this.#buffers.get(key);
    this.#buffers.delete(key);
    const usage = usages.storage | usages.copyDestination | usages.copySource;
    const buffer = known ?? this.device.createBuffer({ size, usage });
    // What was used last comes last, so the first is the one to give up.
    this.#buffers.set(key, buffer);
    for (const [oldest, unused] of this.#buffers) {
      if (this.#buffers.size <= maxBuffers) break;
      unused.destroy();
      this.#buffers.delete(oldest);
    }
    return buffer;
  }

  #lose(message: string): void {
    this.#isLost = true;
    this.#lost.resolve(message);
  }
}
