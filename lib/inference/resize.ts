/**
 * Bilinear resizing with antialiasing, as Pillow and torchvision do it: when an image shrinks, the triangle of the
 * filter grows with the scale, so that every source pixel counts. Nothing is rounded in between.
 */

/** One channel of an image, row by row. */
export interface Plane {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** A part of an image, in pixels that need not be whole. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The part `box` of a plane at another size. Without a change of scale and place it is the plane itself. */
export function resize(plane: Plane, box: Box, width: number, height: number): Plane {
  const { data } = plane;
  const columns = filter(plane.width, box.left, box.width, width);
  const rows = filter(plane.height, box.top, box.height, height);
  const narrow = new Float32Array(width * plane.height);
  for (let y = 0; y < plane.height; y++) {
    columns.forEach(({ first, weights }, x) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? 0) * (data[y * plane.width + first + i] ?? 0);
      narrow[y * width + x] = sum;
    });
  }
  const resized = new Float32Array(width * height);
  rows.forEach(({ first, weights }, y) => {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? 0) * (narrow[(first + i) * width + x] ?? 0);
      resized[y * width + x] = sum;
    }
  });
  return { data: resized, width, height };
}

interface Tap {
  /** The first source pixel that counts. */
  readonly first: number;
  /** How much it and those after it count; they add up to 1. */
  readonly weights: Float64Array;
}

/** For each of `target` pixels, which pixels of a row of `source` it is made of, when `length` of them from `start` on are taken. */
function filter(source: number, start: number, length: number, target: number): readonly Tap[] {
  const scale = length / target;
  const support = Math.max(1, scale);
  return Array.from({ length: target }, (_, i) => {
    const centre = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(source, Math.floor(centre + support + 0.5));
    const weights = Float64Array.from({ length: end - first }, (_, j) =>
      Math.max(0, 1 - Math.abs((first + j + 0.5 - centre) / support)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
