/** 16-bit floating point (IEEE 754 binary16 and bfloat16), for engines that have no `Float16Array` yet. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The number that the 16 bits of an IEEE 754 binary16 stand for. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bits of the binary16 that is nearest to a number, ties to even; beyond its range it is an infinity. */
export function toHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  // 65520 lies halfway between the largest binary16 and what would be the next.
  if (magnitude >= 65_520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24);
  const exponent = Math.floor(Math.log2(magnitude));
  // The logarithm may be off by one next to a power of two.
  const exact = 2 ** exponent > magnitude ? exponent - 1 : 2 ** (exponent + 1) <= magnitude ? exponent + 1 : exponent;
  // A fraction that rounds up to 1024 carries into the exponent, which is what the sum does.
  return sign | (((exact + 15) << 10) + roundToEven((magnitude / 2 ** exact - 1) * 1024));
}

/** The number that the 16 bits of a bfloat16 stand for. */
export function fromBfloat16(half: number): number {
  bits[0] = half << 16;
  return float[0] ?? NaN;
}

/** The bits of the bfloat16 that is nearest to a number, ties to even. */
export function toBfloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  float[0] = value;
  const whole = bits[0] ?? 0;
  return ((whole + 0x7fff + ((whole >>> 16) & 1)) / 0x10000) & 0xffff;
}

function roundToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}
