/**
 * Writes ONNX files: the few messages of onnx.proto that a network of plain operators needs, in the wire format of
 * Protocol Buffers. Field numbers and constants are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */

/** `AttributeProto.AttributeType` and `TensorProto.DataType`, as far as they are used here. */
const INT = 2;
const INTS = 7;
const FLOAT = 1;

/** The version of the file format, and of the operators. Every ONNX Runtime since 1.14 reads them. */
const IR_VERSION = 8;
const OPSET = 17;

/** An operator with its only output, which bears the node's name. */
export interface Node {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  /** Whole numbers, and lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** A constant tensor of 32-bit floats. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** An input or output of 32-bit floats; a text in the shape names a dimension that can be any number. */
export interface Value {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** In an order in which each comes after those whose outputs it takes. */
  readonly nodes: readonly Node[];
  readonly weights: readonly Weight[];
}

/** The bytes of an ONNX file with this graph. */
export function onnxFile(graph: Graph): Uint8Array {
  return new Message()
    .number(1, IR_VERSION)
    .text(2, 'airo')
    .message(7, graphProto(graph))
    .message(8, new Message().text(1, '').number(2, OPSET))
    .bytes();
}

function graphProto({ name, inputs, outputs, nodes, weights }: Graph): Message {
  const graph = new Message();
  for (const node of nodes) graph.message(1, nodeProto(node));
  graph.text(2, name);
  for (const weight of weights) graph.message(5, tensorProto(weight));
  for (const input of inputs) graph.message(11, valueInfoProto(input));
  for (const output of outputs) graph.message(12, valueInfoProto(output));
  return graph;
}

function nodeProto({ name, operator, inputs, attributes = {} }: Node): Message {
  const node = new Message();
  for (const input of inputs) node.text(1, input);
  node.text(2, name).text(3, name).text(4, operator);
  for (const [key, value] of Object.entries(attributes)) {
    const attribute = new Message().text(1, key);
    if (typeof value === 'number') attribute.number(3, value).number(20, INT);
    else {
      for (const element of value) attribute.number(8, element);
      attribute.number(20, INTS);
    }
    node.message(5, attribute);
  }
  return node;
}

function tensorProto({ name, shape, values }: Weight): Message {
  const tensor = new Message();
  for (const dimension of shape) tensor.number(1, dimension);
  return tensor.number(2, FLOAT).text(8, name).data(9, littleEndian(values));
}

function valueInfoProto({ name, shape }: Value): Message {
  const dimensions = new Message();
  for (const dimension of shape) {
    const one = new Message();
    dimensions.message(1, typeof dimension === 'number' ? one.number(1, dimension) : one.text(2, dimension));
  }
  const tensor = new Message().number(1, FLOAT).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/** What `raw_data` wants, on any machine. */
function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setFloat32(index * 4, value, true));
  return bytes;
}

/**
 * A message that is being written. It keeps its parts and copies them once, at the end, as weights are large.
 * See https://protobuf.dev/programming-guides/encoding/
 */
class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** A whole number from 0 on, as a varint. */
  number(field: number, value: number): this {
    return this.#append(varint(field * 8), varint(value));
  }

  text(field: number, value: string): this {
    return this.data(field, new TextEncoder().encode(value));
  }

  data(field: number, value: Uint8Array): this {
    return this.#append(varint(field * 8 + 2), varint(value.length), value);
  }

  message(field: number, value: Message): this {
    return this.#append(varint(field * 8 + 2), varint(value.#length), ...value.#parts);
  }

  bytes(): Uint8Array {
    const result = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      result.set(part, at);
      at += part.length;
    }
    return result;
  }

  #append(...parts: Uint8Array[]): this {
    for (const part of parts) {
      this.#parts.push(part);
      this.#length += part.length;
    }
    return this;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  // Divided, not shifted: JavaScript shifts only 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
