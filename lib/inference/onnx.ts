/** Between tensors of the Open Inference Protocol and those of onnxruntime, in Node and in browsers alike. */
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-web';

import type { DataType } from '../market/types.ts';
import type { ActualSpec } from './match.ts';
import { decodeBytes, encodeBytes, view } from './tensor.ts';
import type { Tensor } from './types.ts';

/** What onnxruntime calls the data types; it takes no BF16. */
export const ortTypes = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
} as const satisfies Partial<Record<DataType, OrtTensor.Type>>;

const dataTypes = new Map(Object.entries(ortTypes).map(([dataType, type]) => [type as string, dataType as DataType]));

/**
 * A tensor as onnxruntime takes it; numbers share its memory where that is aligned.
 *
 * @param Constructor the class of the onnxruntime that is to take it
 * @throws {InvalidTensor} when a BYTES tensor is malformed, and an error when a text is no UTF-8 or the data type is BF16
 */
export function toOrt(Constructor: TensorConstructor, tensor: Tensor): OrtTensor {
  const { dataType, shape } = tensor;
  if (dataType === 'BYTES') {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const texts = decodeBytes(tensor).map((element) => decoder.decode(element));
    return new Constructor('string', texts, shape);
  }
  if (dataType === 'BF16') throw new Error('onnxruntime takes no BF16');
  return new Constructor(ortTypes[dataType], view(tensor) as OrtTensor['data'], shape);
}

/** An output of onnxruntime, sharing its memory. @throws when it is missing, or no tensor of a known data type */
export function fromOrt(name: string, tensor: OrtTensor | undefined): Tensor {
  const dataType = dataTypes.get(tensor?.type ?? '');
  if (tensor === undefined || dataType === undefined) throw new Error(`There is no output "${name}" that is a tensor.`);
  const { data, dims: shape } = tensor;
  if (Array.isArray(data)) {
    const encoder = new TextEncoder();
    return { name, dataType, shape, data: encodeBytes(data.map((element) => encoder.encode(element))) };
  }
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return { name, dataType, shape, data: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** What a session says of one of its inputs or outputs. */
export function specOf(metadata: InferenceSession.ValueMetadata): ActualSpec {
  if (!metadata.isTensor) return { name: metadata.name, dataType: 'no tensor', shape: [] };
  const shape = metadata.shape.map((dimension) => (typeof dimension === 'number' ? dimension : null));
  return { name: metadata.name, dataType: dataTypes.get(metadata.type) ?? metadata.type, shape };
}
