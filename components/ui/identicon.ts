/** A small picture of an address: two rings with gaps, like the scales of a dial. Same address, same picture. */

export interface Ring {
  readonly radius: number;
  /** The SVG path of its arcs, in a box of 32. */
  readonly path: string;
  /** In degrees, for `oklch()`. */
  readonly hue: number;
}

export interface Identicon {
  readonly rings: readonly Ring[];
  /** Of the dot in the middle. */
  readonly hue: number;
}

const radii = [12.75, 6];
const slots = [12, 7];

/** The picture of a text. It is for telling apart at a glance, not for security: that is what the whole address is for. */
export function identicon(text: string): Identicon {
  const next = generator(hash(text));
  const hue = Math.floor(next() * 360);
  const rings = radii.map((radius, index) => {
    const count = slots[index] ?? 1;
    const filled = Array.from({ length: count }, () => next() < 0.62);
    // A ring is never empty and never closed: either would look the same for many addresses.
    filled[Math.floor(next() * count)] = true;
    filled[(filled.indexOf(true) + 1 + Math.floor(next() * (count - 1))) % count] = false;
    return { radius, path: arcs(radius, filled), hue: (hue + Math.floor(next() * 4) * 40) % 360 };
  });
  return { rings, hue };
}

/** The filled slots of a ring as arcs; neighbours make one arc. */
function arcs(radius: number, filled: readonly boolean[]): string {
  const count = filled.length;
  const first = filled.indexOf(false);
  const parts: string[] = [];
  for (let step = 1; step < count; step++) {
    const slot = (first + step) % count;
    if (filled[slot] !== true || (filled[(slot + count - 1) % count] === true && step > 1)) continue;
    let length = 1;
    while (filled[(slot + length) % count] === true) length += 1;
    parts.push(arc(radius, slot / count, length / count));
  }
  return parts.join('');
}

function arc(radius: number, from: number, share: number): string {
  const point = (turn: number) => {
    const angle = (turn - 0.25) * 2 * Math.PI;
    return `${(16 + radius * Math.cos(angle)).toFixed(2)} ${(16 + radius * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${point(from)}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${point(from + share)}`;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** The generator mulberry32: numbers from 0 to below 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
