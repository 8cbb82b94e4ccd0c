'use client';
/** A pad to draw on with a pen, a finger or a mouse. */
import { useEffect, useRef, type PointerEvent } from 'react';

import { Button } from '../ui/button.tsx';
import { Cluster } from '../ui/layout.tsx';
import { drawStrokes, inks, padSize, type Place, type Stroke } from './strokes.ts';
import type { Drawing } from './use-drawing.ts';
import styles from './image-input.module.css';

interface DrawPadProps {
  /** What a model is fed: the pad has its proportions. */
  readonly fed: { readonly width: number | null; readonly height: number | null };
  readonly drawing: Drawing;
}

const longest = 560;
/** A digit of MNIST is written about so thick. */
const thickness = 0.075;

export function DrawPad({ fed, drawing }: DrawPadProps) {
  const { strokes, paper } = drawing;
  const canvas = useRef<HTMLCanvasElement>(null);
  const current = useRef<Place[] | null>(null);
  const { width, height } = padSize(fed, longest);

  useEffect(() => {
    paint(canvas.current, strokes, paper);
  }, [strokes, paper, width, height]);

  const change = (next: readonly Stroke[], ink = paper) => {
    drawing.change(next, ink);
    if (next.length === 0) return;
    paint(canvas.current, next, ink);
    canvas.current?.toBlob((blob) => blob && drawing.setImage(next, { label: 'Drawing', blob }));
  };
  const start = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    current.current = [placeOf(event)];
    paint(event.currentTarget, [...strokes, current.current], paper);
  };
  const move = (event: PointerEvent<HTMLCanvasElement>) => {
    if (current.current === null) return;
    current.current.push(placeOf(event));
    paint(event.currentTarget, [...strokes, current.current], paper);
  };
  const end = () => {
    const stroke = current.current;
    current.current = null;
    if (stroke !== null) change([...strokes, stroke]);
  };

  return (
    <div className={styles.pad}>
      <div className={styles.square}>
        <canvas
          ref={canvas}
          className={styles.sheet}
          width={width}
          height={height}
          role="img"
          aria-label={strokes.length === 0 ? 'Drawing pad, empty' : 'Drawing pad with your drawing'}
          onPointerDown={start}
          onPointerMove={move}
          onPointerUp={end}
          onPointerCancel={end}
        />
        {strokes.length === 0 && <span className={styles.invite}>Draw here</span>}
      </div>
      <Cluster gap={1}>
        <Button
          size="s"
          kind="quiet"
          icon="back"
          disabled={strokes.length === 0}
          onClick={() => change(strokes.slice(0, -1))}
        >
          Undo
        </Button>
        <Button size="s" kind="quiet" icon="trash" disabled={strokes.length === 0} onClick={() => change([])}>
          Clear
        </Button>
        <Button size="s" kind="quiet" onClick={() => change(strokes, paper === 'light' ? 'dark' : 'light')}>
          {paper === 'light' ? 'Dark ink on light' : 'Light ink on dark'}
        </Button>
      </Cluster>
    </div>
  );
}

function paint(canvas: HTMLCanvasElement | null, strokes: readonly Stroke[], paper: keyof typeof inks): void {
  const context = canvas?.getContext('2d');
  if (canvas && context) drawStrokes(context, strokes, canvas, inks[paper], thickness);
}

function placeOf(event: PointerEvent<HTMLCanvasElement>): Place {
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
  return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
}
