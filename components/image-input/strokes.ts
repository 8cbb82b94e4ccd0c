/** What is drawn on a pad, apart from any canvas: it can be taken back, and drawn anew in other colours. */

/** A place on the pad; both from 0 to 1. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What one pull of the pen leaves; a single place is a dot. */
export type Stroke = readonly Place[];

export interface Ink {
  readonly paper: string;
  readonly ink: string;
}

/** Light on dark is how most sets of drawn characters are made. */
export const inks = {
  light: { paper: '#000', ink: '#fff' },
  dark: { paper: '#fff', ink: '#000' },
} as const satisfies Record<string, Ink>;

/** What of a 2D context is drawn with. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'arc'
  | 'beginPath'
  | 'fill'
  | 'fillRect'
  | 'fillStyle'
  | 'lineCap'
  | 'lineJoin'
  | 'lineTo'
  | 'lineWidth'
  | 'moveTo'
  | 'quadraticCurveTo'
  | 'stroke'
  | 'strokeStyle'
>;

/**
 * Draws strokes over a fresh sheet of paper.
 *
 * @param size of the sheet in pixels
 * @param thickness of the pen as a part of the sheet's shorter side
 */
export function drawStrokes(
  pen: Pen,
  strokes: readonly Stroke[],
  size: { readonly width: number; readonly height: number },
  { paper, ink }: Ink,
  thickness: number,
): void {
  pen.fillStyle = paper;
  pen.fillRect(0, 0, size.width, size.height);
  pen.fillStyle = ink;
  pen.strokeStyle = ink;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  pen.lineWidth = thickness * Math.min(size.width, size.height);
  for (const stroke of strokes)
    drawStroke(
      pen,
      stroke.map(({ x, y }) => ({ x: x * size.width, y: y * size.height })),
    );
}

/** A line through the middles of the places, bent at the places themselves, so that a quick hand leaves no corners. */
function drawStroke(pen: Pen, places: Stroke): void {
  const [first, ...others] = places;
  if (first === undefined) return;
  pen.beginPath();
  if (others.length === 0) {
    pen.arc(first.x, first.y, pen.lineWidth / 2, 0, 2 * Math.PI);
    pen.fill();
    return;
  }
  pen.moveTo(first.x, first.y);
  let bend = first;
  for (const place of others) {
    pen.quadraticCurveTo(bend.x, bend.y, (bend.x + place.x) / 2, (bend.y + place.y) / 2);
    bend = place;
  }
  pen.lineTo(bend.x, bend.y);
  pen.stroke();
}

/** The size of a pad with the proportions of what a model is fed, its longer side being `longest` pixels. */
export function padSize(
  fed: { readonly width: number | null; readonly height: number | null },
  longest: number,
): { readonly width: number; readonly height: number } {
  const { width, height } = fed;
  if (width === null || height === null || width < 1 || height < 1) return { width: longest, height: longest };
  const scale = longest / Math.max(width, height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}
