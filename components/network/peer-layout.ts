/**
 * Where peers stand in the drawing: half a disc with this tab in its middle. Dx finds things by the XOR distance of
 * Kademlia (Maymounkov and Mazières, 2002): peers whose addresses begin with more of the same bits are nearer, and each
 * further bit in common leaves half as many. So each band of the drawing is one number of shared bits.
 */
import type { DxPeerInfo } from '../../lib/cockpit/types.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedPeer extends Point {
  readonly peer: DxPeerInfo;
  readonly sharedBits: number;
}

export interface Band {
  readonly sharedBits: number;
  /** Of its outer edge. */
  readonly radius: number;
  /** Of its middle, where its peers stand. */
  readonly middle: number;
  /** Which part of all addresses lies in it: `1/2`. */
  readonly part: string;
}

export interface PeerLayout {
  readonly center: Point;
  readonly bands: readonly Band[];
  readonly peers: readonly PlacedPeer[];
}

/** Free angle at both ends of the half-disc, in radians: peers stand clear of the base line. */
const margin = 0.2;
/** The golden ratio's part spreads single peers of neighbouring bands best. */
const golden = 0.618;

/** How many bits at the beginning an address shares with that of this tab. */
export function sharedBits({ distanceLog2 }: Pick<DxPeerInfo, 'distanceLog2'>): number {
  return Math.max(0, 255 - distanceLog2);
}

/**
 * Places peers in a half-disc.
 *
 * @param width of the drawing in pixels
 * @param height of the drawing in pixels; its base line is at its bottom
 */
export function layoutPeers(peers: readonly DxPeerInfo[], width: number, height: number): PeerLayout {
  const center = { x: width / 2, y: height };
  const radius = Math.min(width / 2, height);
  const byBits = Map.groupBy(peers, sharedBits);
  const most = Math.max(3, ...byBits.keys());
  // The middle stays free for this tab.
  const inner = radius * 0.16;
  const depth = (radius - inner) / (most + 1);
  const bands = Array.from({ length: most + 1 }, (_, bits) => ({
    sharedBits: bits,
    radius: radius - bits * depth,
    middle: radius - (bits + 0.5) * depth,
    part: `1/${2 ** (bits + 1)}`,
  }));
  const placed = bands.flatMap(({ sharedBits: bits, middle }) => {
    // The order must not change with each report, or peers would jump.
    const group = (byBits.get(bits) ?? []).toSorted((a, b) => (a.peer < b.peer ? -1 : 1));
    return group.map((peer, index) => {
      const slot = ((index + 0.5 + bits * golden * group.length) % group.length) / group.length;
      const angle = Math.PI - margin - slot * (Math.PI - 2 * margin);
      return {
        peer,
        sharedBits: bits,
        x: center.x + middle * Math.cos(angle),
        y: center.y - middle * Math.sin(angle),
      };
    });
  });
  return { center, bands, peers: placed };
}

/** The path of a half-circle above a base line. */
export function arcPath({ x, y }: Point, radius: number): string {
  return `M${round(x - radius)} ${round(y)}A${round(radius)} ${round(radius)} 0 0 1 ${round(x + radius)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
