/** The shape of a tensor as people write it: `* × 1 × 28 × 28`. */
import type { TensorSpec } from '../../../lib/market/types.ts';

/** The most dimensions that the chain keeps. */
const mostDimensions = 8;
const largest = 4_294_967_295;

/** Writes a shape; a dimension of any size is `*`, a single value has no dimensions and is `scalar`. */
export function shapeText(shape: TensorSpec['shape']): string {
  return shape.length === 0 ? 'scalar' : shape.map((size) => (size === null ? '*' : String(size))).join(' × ');
}

/** Reads a shape, its dimensions apart by commas, spaces, `x` or `×`. @throws with what is wrong */
export function parseShape(text: string): TensorSpec['shape'] {
  const trimmed = text.trim();
  if (trimmed === 'scalar') return [];
  const parts = trimmed.split(/[\s,x×]+/).filter((part) => part !== '');
  if (parts.length === 0) throw new Error('Write the sizes, such as * × 3 × 224 × 224; * is any size.');
  if (parts.length > mostDimensions)
    throw new Error(`It has ${parts.length} dimensions; at most ${mostDimensions} fit.`);
  return parts.map((part) => {
    if (part === '*' || part === '?') return null;
    const size = Number(part);
    if (!/^\d+$/.test(part) || size < 1 || size > largest) {
      throw new Error(`“${part}” is not a size. Write whole numbers from 1 on, or * for any size.`);
    }
    return size;
  });
}
