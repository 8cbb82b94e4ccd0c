/**
 * Residual networks with made-up weights, for measuring how fast real ones run: how long an inference takes depends on
 * the shapes, not on what the weights have learned. What such a network answers means nothing.
 */
import type { Description } from '../../lib/market/types.ts';
import { seededRandom } from '../../models/random.ts';
import { onnxFile, type Node, type Weight } from './proto.ts';

export interface ResNetOptions {
  /** What the description calls it. */
  readonly name: string;
  /** How many blocks each stage has. From the second on a stage halves height and width. */
  readonly blocks: readonly number[];
  /** Two convolutions of 3 x 3, or one between two of 1 x 1 as deeper networks have it. Default: `bottleneck`. */
  readonly block?: 'basic' | 'bottleneck';
  /** Channels of the first convolution, and of the first stage's 3 x 3 convolutions. Each stage doubles them. */
  readonly width: number;
  /** Height and width of the image. */
  readonly imageSize: number;
  readonly classes: number;
  /** A 32-bit whole number. Equal options give equal bytes. */
  readonly seed: number;
  /** What the input and the output are called. Default: `image` and `logits`. */
  readonly input?: string;
  readonly output?: string;
}

export interface MadeUpModel {
  /** The ONNX file. */
  readonly bytes: Uint8Array;
  readonly description: Description;
  /** How many numbers its weights hold. */
  readonly parameters: number;
}

/** A bottleneck block puts out this many times the channels of its inner convolutions. */
const EXPANSION = 4;

/**
 * ResNet-50 for images of 224 x 224, as torchvision has it: 25,530,472 parameters, about 102 MB. Batch normalization is
 * inside the convolutions, as in every network that is exported for inference.
 */
export function buildResNet50(options: Pick<ResNetOptions, 'seed' | 'input' | 'output'>): MadeUpModel {
  const blocks = [3, 4, 6, 3];
  return buildResNet({ name: 'ResNet-50, made up', blocks, width: 64, imageSize: 224, classes: 1000, ...options });
}

/** ResNet-18 for images of 224 x 224, as torchvision has it: 11,684,712 parameters, about 47 MB. */
export function buildResNet18({ seed }: { readonly seed: number }): MadeUpModel {
  const blocks = [2, 2, 2, 2];
  const size = { blocks, block: 'basic', width: 64, imageSize: 224, classes: 1000 } as const;
  return buildResNet({ name: 'ResNet-18, made up', ...size, seed });
}

/**
 * A network of residual blocks (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016), with the stride
 * of bottlenecks in the middle convolution as torchvision does it ("ResNet v1.5"); the batch can have any size.
 *
 * The weights are as large as He et al., "Delving Deep into Rectifiers" (ICCV 2015) initialize them, and the last ones
 * of each block smaller by the square root of the number of blocks: a sum of many blocks then neither grows out of range
 * nor fades into denormal numbers, which processors are slow with.
 */
export function buildResNet(options: ResNetOptions): MadeUpModel {
  const { name, blocks, block: kind = 'bottleneck', width, imageSize, classes, seed } = options;
  const { input = 'image', output = 'logits' } = options;
  const layers = new Layers(seed);
  const lastScale = 1 / Math.sqrt(blocks.reduce((sum, count) => sum + count, 0));

  let channels = width;
  let x = layers.relu(layers.conv(input, { inputs: 3, outputs: width, kernel: 7, stride: 2 }));
  x = layers.add('MaxPool', [x], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] });
  blocks.forEach((count, stage) => {
    const inner = width * 2 ** stage;
    const outputs = kind === 'basic' ? inner : inner * EXPANSION;
    for (let block = 0; block < count; block += 1) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      // What has the right shape already is added as it is.
      const isSame = stride === 1 && channels === outputs;
      const shortcut = block === 0 && !isSame ? layers.conv(x, { inputs: channels, outputs, kernel: 1, stride }) : x;
      const convolutions =
        kind === 'basic'
          ? [
              { inputs: channels, outputs: inner, kernel: 3, stride },
              { inputs: inner, outputs, kernel: 3, stride: 1 },
            ]
          : [
              { inputs: channels, outputs: inner, kernel: 1, stride: 1 },
              { inputs: inner, outputs: inner, kernel: 3, stride },
              { inputs: inner, outputs, kernel: 1, stride: 1 },
            ];
      let branch = x;
      convolutions.forEach((convolution, at) => {
        const isLast = at === convolutions.length - 1;
        branch = isLast
          ? layers.conv(branch, { ...convolution, scale: lastScale })
          : layers.relu(layers.conv(branch, convolution));
      });
      x = layers.relu(layers.add('Add', [branch, shortcut]));
      channels = outputs;
    }
  });
  x = layers.add('Flatten', [layers.add('GlobalAveragePool', [x])]);
  layers.dense(x, output, channels, classes);

  const bytes = onnxFile({
    name,
    inputs: [{ name: input, shape: ['batch', 3, imageSize, imageSize] }],
    outputs: [{ name: output, shape: ['batch', classes] }],
    nodes: layers.nodes,
    weights: layers.weights,
  });
  const description: Description = {
    name,
    licence: 'Apache-2.0',
    inputs: [{ name: input, dataType: 'FP32', shape: [null, 3, imageSize, imageSize] }],
    outputs: [{ name: output, dataType: 'FP32', shape: [null, classes] }],
    image: {
      channels: 'rgb',
      layout: 'nchw',
      fit: 'cover',
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
    labels: { kind: 'none' },
    tolerance: 0.01,
  };
  return { bytes, description, parameters: layers.weights.reduce((sum, { values }) => sum + values.length, 0) };
}

interface Convolution {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  /** Makes the weights larger or smaller; 1 by default. */
  readonly scale?: number;
}

/** Collects nodes and weights. Each function appends a layer and returns the name of its output. */
class Layers {
  readonly nodes: Node[] = [];
  readonly weights: Weight[] = [];
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  add(operator: string, inputs: readonly string[], attributes: Node['attributes'] = {}, name?: string): string {
    const node = { name: name ?? `${operator.toLowerCase()}${this.nodes.length}`, operator, inputs, attributes };
    this.nodes.push(node);
    return node.name;
  }

  relu(x: string): string {
    return this.add('Relu', [x]);
  }

  conv(x: string, { inputs, outputs, kernel, stride, scale = 1 }: Convolution): string {
    const deviation = scale * Math.sqrt(2 / (inputs * kernel ** 2));
    const padding = Math.floor(kernel / 2);
    return this.add(
      'Conv',
      [x, this.#weight([outputs, inputs, kernel, kernel], deviation), this.#weight([outputs], 0.01)],
      { kernel_shape: [kernel, kernel], pads: [padding, padding, padding, padding], strides: [stride, stride] },
    );
  }

  dense(x: string, name: string, inputs: number, outputs: number): string {
    const weights = this.#weight([outputs, inputs], Math.sqrt(1 / inputs));
    return this.add('Gemm', [x, weights, this.#weight([outputs], 0.01)], { transB: 1 }, name);
  }

  /** Evenly distributed around zero, which is as good as normally distributed for this and quicker to make. */
  #weight(shape: readonly number[], deviation: number): string {
    const bound = deviation * Math.sqrt(3);
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let index = 0; index < values.length; index += 1) values[index] = (this.#random() * 2 - 1) * bound;
    const name = `weight${this.weights.length}`;
    this.weights.push({ name, shape, values });
    return name;
  }
}
