/** The data of a tensor in the JSON of the Open Inference Protocol: an array, flat or nested, row by row. */
import type { DataType } from '../market/types.ts';
import { InvalidTensor } from './errors.ts';
import { fromHalf, toHalf } from './half.ts';
import { decodeBytes, elementCount, encodeBytes, fromNumbers, toNumbers, view } from './tensor.ts';
import type { Tensor } from './types.ts';

/**
 * A tensor from the `data` of JSON.
 *
 * @throws {InvalidTensor} when it is not as many elements as the shape says, each a value of the data type
 */
export function fromJson(name: string, dataType: DataType, shape: readonly number[], data: unknown): Tensor {
  if (!Array.isArray(data)) throw new InvalidTensor(`The tensor "${name}" has no data.`);
  const elements = flatten(name, data as readonly unknown[], elementCount(shape), shape.length);
  const wrong = elements.findIndex((element) => !isElement(dataType, element));
  if (wrong >= 0) {
    const hint = dataType.endsWith('64') ? ' Integers beyond 2^53 can only be sent in binary.' : '';
    throw new InvalidTensor(`Element ${wrong} of the tensor "${name}" is no ${dataType}.${hint}`);
  }
  if (dataType === 'BYTES') {
    const encoder = new TextEncoder();
    return { name, dataType, shape, data: encodeBytes(elements.map((element) => encoder.encode(element as string))) };
  }
  return fromNumbers(name, dataType, shape, elements.map(Number));
}

/** At most `count` elements are taken, and arrays in at most `depth` levels, whatever was sent. */
function flatten(name: string, data: readonly unknown[], count: number, depth: number): readonly unknown[] {
  const flat: unknown[] = [];
  const walk = (items: readonly unknown[], levels: number) => {
    for (const item of items) {
      if (flat.length > count) return;
      if (Array.isArray(item) && levels > 1) walk(item as readonly unknown[], levels - 1);
      else flat.push(item);
    }
  };
  walk(data, Math.max(1, depth));
  if (flat.length !== count) {
    const found = flat.length > count ? 'more' : `${flat.length}`;
    throw new InvalidTensor(`The shape of the tensor "${name}" says ${count} elements, and its data has ${found}.`);
  }
  return flat;
}

const ranges: Readonly<Partial<Record<DataType, readonly [number, number]>>> = {
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  UINT32: [0, 4_294_967_295],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-2_147_483_648, 2_147_483_647],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

function isElement(dataType: DataType, element: unknown): boolean {
  if (dataType === 'BYTES') return typeof element === 'string';
  if (dataType === 'BOOL') return typeof element === 'boolean';
  if (typeof element !== 'number') return false;
  const range = ranges[dataType];
  if (range !== undefined) return Number.isInteger(element) && element >= range[0] && element <= range[1];
  return Number.isFinite(
    dataType === 'FP64' ? element : dataType === 'FP16' ? fromHalf(toHalf(element)) : Math.fround(element),
  );
}

/**
 * The elements of a tensor for JSON, flat.
 *
 * @throws {InvalidTensor} when there is one that JSON cannot express: no finite number, an integer beyond 2^53, or bytes
 *   that are no text
 */
export function toJson(tensor: Tensor): readonly (number | boolean | string)[] {
  const { name, dataType } = tensor;
  if (dataType === 'BYTES') {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    try {
      return decodeBytes(tensor).map((element) => decoder.decode(element));
    } catch (error) {
      if (error instanceof InvalidTensor) throw error;
      throw inBinary(name, 'bytes that are not UTF-8');
    }
  }
  if (dataType === 'BOOL') return Array.from(view(tensor), Boolean);
  const numbers = Array.from(toNumbers(tensor));
  if (!numbers.every(Number.isFinite)) throw inBinary(name, 'numbers that are not finite');
  if ((dataType === 'INT64' || dataType === 'UINT64') && !numbers.every(Number.isSafeInteger)) {
    throw inBinary(name, 'integers beyond 2^53');
  }
  return numbers;
}

function inBinary(name: string, what: string): InvalidTensor {
  return new InvalidTensor(`The tensor "${name}" has ${what}, which JSON cannot express. Ask for it in binary.`);
}
