/** Tensors: their sizes, and their elements as numbers, text or typed arrays. */
import type { DataType } from '../market/types.ts';
import { InvalidTensor } from './errors.ts';
import { fromBfloat16, fromHalf, toBfloat16, toHalf } from './half.ts';
import type { Tensor } from './types.ts';

/** A data type whose elements all have the same size. */
export type FixedType = Exclude<DataType, 'BYTES'>;

const sizes: Readonly<Record<FixedType, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  FP32: 4,
  FP64: 8,
  BF16: 2,
};

/** The size of an element in bytes; `null` for BYTES, whose elements differ. */
export function elementSize(dataType: DataType): number | null {
  return dataType === 'BYTES' ? null : sizes[dataType];
}

/**
 * How many elements a shape has: the product of its dimensions, 1 for a scalar.
 *
 * @throws {InvalidTensor} when a dimension is not a whole number from 0 on, or the product is too large to be exact
 */
export function elementCount(shape: readonly number[]): number {
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  if (shape.some((dimension) => !Number.isSafeInteger(dimension) || dimension < 0) || !Number.isSafeInteger(count)) {
    throw new InvalidTensor(`[${shape.join(', ')}] is no shape: dimensions are whole numbers from 0 on.`);
  }
  return count;
}

/**
 * Checks that the data of a tensor is as long as its shape and data type say, and that BOOL and BYTES are well formed.
 *
 * @returns the same tensor
 * @throws {InvalidTensor} with what is wrong
 */
export function checkTensor<T extends Tensor>(tensor: T): T {
  const { name, dataType, shape, data } = tensor;
  const count = elementCount(shape);
  if (dataType === 'BYTES') {
    // Each element has at least its length; only then is it worth walking through them.
    if (count * 4 > data.length) throw wrongLength(tensor, `at least ${count * 4}`);
    decodeBytes(tensor);
    return tensor;
  }
  const expected = count * sizes[dataType];
  if (data.length !== expected) throw wrongLength(tensor, `${expected}`);
  if (dataType === 'BOOL' && data.some((value) => value > 1)) {
    throw new InvalidTensor(`The tensor "${name}" has a byte that is neither 0 nor 1, which BOOL does not allow.`);
  }
  return tensor;
}

function wrongLength({ name, dataType, shape, data }: Tensor, expected: string): InvalidTensor {
  return new InvalidTensor(
    `The tensor "${name}" of ${dataType} [${shape.join(', ')}] needs ${expected} bytes of data, and has ${data.length}.`,
  );
}

/** The elements of a tensor as they are in memory. FP16 and BF16 are their bits, BOOL is 0 and 1. */
export type View =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

const arrays = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
  BF16: Uint16Array,
} as const;

/**
 * The elements of a tensor as a typed array. It shares the tensor's memory where that is aligned for the data type, and
 * is a copy elsewhere. Every platform that runs models with this code is little endian, as tensors are.
 *
 * @throws {InvalidTensor} for BYTES: see {@link decodeBytes}
 */
export function view({ name, dataType, data }: Tensor): View {
  if (dataType === 'BYTES') throw new InvalidTensor(`The tensor "${name}" holds BYTES, which are no numbers.`);
  const size = sizes[dataType];
  const aligned =
    data.byteOffset % size === 0 && data.buffer instanceof ArrayBuffer
      ? (data as Uint8Array<ArrayBuffer>)
      : new Uint8Array(data);
  return new arrays[dataType](aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / size));
}

/**
 * The elements of a tensor as numbers; 64-bit integers beyond 2^53 are rounded.
 *
 * @throws {InvalidTensor} for BYTES
 */
export function toNumbers(tensor: Tensor): Float32Array | Float64Array {
  const elements = view(tensor);
  if (elements instanceof Float32Array || elements instanceof Float64Array) return elements;
  if (tensor.dataType === 'FP16') return Float32Array.from(elements as Uint16Array, fromHalf);
  if (tensor.dataType === 'BF16') return Float32Array.from(elements as Uint16Array, fromBfloat16);
  return Float64Array.from(elements, Number);
}

/**
 * A tensor with these elements. Floating point is rounded to what the data type can express, integers are rounded and
 * clamped to its range.
 *
 * @throws {InvalidTensor} when the shape has another number of elements, or for BYTES
 */
export function fromNumbers(
  name: string,
  dataType: DataType,
  shape: readonly number[],
  values: ArrayLike<number>,
): Tensor {
  if (dataType === 'BYTES') throw new InvalidTensor(`The tensor "${name}" holds BYTES, which are no numbers.`);
  const data = new Uint8Array(values.length * sizes[dataType]);
  const tensor = checkTensor({ name, dataType, shape, data });
  const elements = view(tensor);
  if (elements instanceof BigInt64Array || elements instanceof BigUint64Array) {
    const [low, high] = dataType === 'INT64' ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
    for (let i = 0; i < values.length; i++) elements[i] = toInteger64(values[i] ?? 0, low, high);
    return tensor;
  }
  const convert = converters[dataType];
  for (let i = 0; i < values.length; i++) elements[i] = convert(values[i] ?? 0);
  return tensor;
}

function toInteger64(value: number, low: bigint, high: bigint): bigint {
  if (Number.isNaN(value)) return 0n;
  if (!Number.isFinite(value)) return value < 0 ? low : high;
  const rounded = BigInt(Math.round(value));
  return rounded < low ? low : rounded > high ? high : rounded;
}

const same = (value: number) => value;
const clamp = (low: number, high: number) => (value: number) => Math.min(high, Math.max(low, Math.round(value)));

const converters: Readonly<Record<FixedType, (value: number) => number>> = {
  BOOL: (value) => (value === 0 ? 0 : 1),
  UINT8: clamp(0, 255),
  UINT16: clamp(0, 65_535),
  UINT32: clamp(0, 4_294_967_295),
  UINT64: same,
  INT8: clamp(-128, 127),
  INT16: clamp(-32_768, 32_767),
  INT32: clamp(-2_147_483_648, 2_147_483_647),
  INT64: same,
  FP16: toHalf,
  FP32: same,
  FP64: same,
  BF16: toBfloat16,
};

/**
 * The elements of a BYTES tensor, sharing its memory.
 *
 * @throws {InvalidTensor} when lengths and data do not belong together, or the shape has another number of elements
 */
export function decodeBytes(tensor: Tensor): Uint8Array[] {
  const { name, data } = tensor;
  const lengths = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const elements: Uint8Array[] = [];
  for (let at = 0; at < data.length;) {
    const start = at + 4;
    const end = start <= data.length ? start + lengths.getUint32(at, true) : Infinity;
    if (end > data.length) {
      throw new InvalidTensor(`Element ${elements.length} of the BYTES tensor "${name}" ends beyond the data.`);
    }
    elements.push(data.subarray(start, end));
    at = end;
  }
  const count = elementCount(tensor.shape);
  if (elements.length !== count) {
    throw new InvalidTensor(`The BYTES tensor "${name}" has ${elements.length} elements; its shape says ${count}.`);
  }
  return elements;
}

/** The data of a BYTES tensor: of each element its length in 32 bits, little endian, and its bytes. */
export function encodeBytes(elements: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(elements.reduce((sum, element) => sum + 4 + element.length, 0));
  const lengths = new DataView(data.buffer);
  let at = 0;
  for (const element of elements) {
    lengths.setUint32(at, element.length, true);
    data.set(element, at + 4);
    at += 4 + element.length;
  }
  return data;
}
