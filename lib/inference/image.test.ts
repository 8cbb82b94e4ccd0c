import assert from 'node:assert/strict';
import { test } from 'node:test';

import { imageToTensor, type Pixels } from './image.ts';
import { resize } from './resize.ts';
import { toNumbers } from './tensor.ts';
import type { DataType, Description, ImageInput } from '../market/types.ts';
import { describeTensors } from '../../test/support/inference.ts';

const plain: ImageInput = { channels: 'gray', layout: 'nchw', fit: 'stretch', mean: [0], std: [1] };

function taking(
  shape: readonly (number | null)[],
  rules: Partial<ImageInput> = {},
  dataType: DataType = 'FP32',
): Description {
  return { ...describeTensors([{ name: 'image', dataType, shape }], []), image: { ...plain, ...rules } };
}

/** An image from rows of `[red, green, blue, alpha]`, where a single number is a gray that nothing shines through. */
function pixels(rows: readonly (readonly (number | readonly number[])[])[]): Pixels {
  const all = rows.flat().flatMap((pixel) => (typeof pixel === 'number' ? [pixel, pixel, pixel, 255] : pixel));
  return { data: Uint8Array.from(all), width: rows[0]?.length ?? 0, height: rows.length };
}

/** The values of the tensor, as channel values of 0 to 255 where mean and deviation leave them so. */
function values(image: Pixels, description: Description): number[] {
  return [...toNumbers(imageToTensor(image, description))].map((value) => Math.round(value * 255 * 1e4) / 1e4);
}

const near = (actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-3) => {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs((actual[i] ?? NaN) - value) <= tolerance, `${i}: ${actual[i]} instead of ${value}`);
  });
};

/** What Pillow 12 makes of the values `(7x² + 13y² + 5xy) mod 256` of 5 by 3 pixels with `Image.BILINEAR`. */
const slope = {
  data: Float32Array.from({ length: 15 }, (_, i) => {
    const [x, y] = [i % 5, Math.floor(i / 5)];
    return (7 * x * x + 13 * y * y + 5 * x * y) % 256;
  }),
  width: 5,
  height: 3,
};
const all = { left: 0, top: 0, width: 5, height: 3 };

test('shrinking has the values of Pillow’s antialiased bilinear filter', () => {
  near(resize(slope, all, 2, 2).data, [18.8409, 78.5909, 57.5909, 129.8409]);
});

test('enlarging has the values of Pillow’s bilinear filter', () => {
  const rows = [
    [0, 4, 13, 28, 53, 84, 112],
    [8.125, 13.9107, 25.1429, 42.375, 69.6071, 102.8393, 132.625],
    [27.625, 35.5536, 49.4643, 69.375, 99.2857, 135.1964, 167.125],
    [52, 61.7143, 77.8571, 100, 132.1429, 170.2857, 204],
  ];
  near(resize(slope, all, 7, 4).data, rows.flat());
});

test('a part of an image has the values of Pillow’s box', () => {
  near(resize(slope, { left: 1, top: 0, width: 3, height: 3 }, 2, 2).data, [20.3889, 66.8611, 60.5278, 116.7222]);
});

test('an image of the right size passes unchanged, whatever the fit', () => {
  const image = pixels([
    [0, 1, 2],
    [127, 128, 255],
  ]);
  for (const fit of ['stretch', 'cover', 'contain'] as const) {
    assert.deepEqual(values(image, taking([1, 1, 2, 3], { fit })), [0, 1, 2, 127, 128, 255]);
  }
});

test('each channel is normalized by its mean and standard deviation', () => {
  const rules = { channels: 'rgb', mean: [0.5, 0.25, 0], std: [0.5, 1, 2] } as const;
  const tensor = imageToTensor(pixels([[[255, 51, 102, 255]]]), taking([1, 3, 1, 1], rules));
  near(toNumbers(tensor), [1, -0.05, 0.2], 1e-6);
  assert.deepEqual(tensor.shape, [1, 3, 1, 1]);
});

test('channels are in the order and the place that the description says', () => {
  const image = pixels([
    [
      [1, 2, 3, 255],
      [4, 5, 6, 255],
    ],
  ]);
  const shapes = { nchw: [null, 3, 1, 2], nhwc: [null, 1, 2, 3] };
  const of = (channels: 'rgb' | 'bgr', layout: 'nchw' | 'nhwc') =>
    values(image, taking(shapes[layout], { channels, layout }));
  assert.deepEqual(of('rgb', 'nchw'), [1, 4, 2, 5, 3, 6]);
  assert.deepEqual(of('bgr', 'nchw'), [3, 6, 2, 5, 1, 4]);
  assert.deepEqual(of('rgb', 'nhwc'), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(of('bgr', 'nhwc'), [3, 2, 1, 6, 5, 4]);
});

test('colours become gray by the weights of Rec. 601', () => {
  const image = pixels([
    [
      [255, 0, 0, 255],
      [0, 255, 0, 255],
      [0, 0, 255, 255],
    ],
  ]);
  assert.deepEqual(values(image, taking([1, 1, 1, 3])), [76.245, 149.685, 29.07]);
});

test('black shows where an image is transparent', () => {
  const image = pixels([
    [
      [200, 200, 200, 0],
      [200, 200, 200, 51],
    ],
  ]);
  assert.deepEqual(values(image, taking([1, 1, 1, 2])), [0, 40]);
});

test('stretching uses all of the image, covering its middle, containing adds the mean around it', () => {
  const row = pixels([[0, 40, 80, 120, 160, 200]]);
  const fitted = (fit: ImageInput['fit'], shape: readonly number[], mean = 0) =>
    values(row, taking(shape, { fit, mean: [mean] }));
  assert.deepEqual(fitted('cover', [1, 1, 1, 2]), [80, 120]);
  const [left = 0, right = 0] = fitted('stretch', [1, 1, 1, 2]);
  assert.ok(left > 20 && left < 80 && right > 120 && right < 180);
  const square = fitted('contain', [1, 1, 6, 6], 0.5);
  const outside = square.filter((_, i) => Math.floor(i / 6) !== 2);
  assert.deepEqual(outside, new Array<number>(30).fill(0));
  assert.deepEqual(square.slice(12, 18), [-127.5, -87.5, -47.5, -7.5, 32.5, 72.5]);
});

test('free dimensions are one image of its own size', () => {
  const tensor = imageToTensor(pixels([[1, 2, 3]]), taking([null, null, null, null]));
  assert.deepEqual(tensor.shape, [1, 1, 1, 3]);
  assert.deepEqual(imageToTensor(pixels([[1, 2, 3]]), taking([1, null, 3])).shape, [1, 1, 3]);
});

test('integers take channel values as they are when the description divides by nothing', () => {
  const rules = { mean: [0], std: [1 / 255] };
  const tensor = imageToTensor(pixels([[0, 127, 255]]), taking([1, 1, 1, 3], rules, 'UINT8'));
  assert.deepEqual([...tensor.data], [0, 127, 255]);
});

test('a description that makes no sense for an image is refused', () => {
  const image = pixels([[1]]);
  const refused = (description: Description, message: RegExp) =>
    assert.throws(() => imageToTensor(image, description), { name: 'InvalidTensor', message });
  refused({ ...taking([1, 1, 1, 1]), image: null }, /takes no images/);
  refused(taking([1, 3, 1, 1]), /channels dimension of 3; an image gives 1/);
  refused(taking([2, 1, 1, 1]), /batch dimension of 2/);
  refused(taking([1, 1]), /3 or 4 dimensions/);
  refused(taking([1, 1, 1, 1], { mean: [0, 0] }), /2 means for 1 channels/);
  refused(taking([1, 1, 1, 1], { std: [0] }), /deviation of 0/);
  refused(taking([1, 1, 1, 1], {}, 'BYTES'), /no numbers/);
});

test('pixels that are not as many as the size says are refused', () => {
  for (const image of [
    { data: new Uint8Array(5), width: 1, height: 1 },
    { data: new Uint8Array(0), width: 0, height: 0 },
  ]) {
    assert.throws(() => imageToTensor(image, taking([1, 1, 1, 1])), { name: 'InvalidTensor' });
  }
});
