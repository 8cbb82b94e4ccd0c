import assert from 'node:assert/strict';
import { test } from 'node:test';

import { drawStrokes, inks, padSize, type Pen } from './strokes.ts';

/** A pen that writes down what it is told. */
function recordingPen(): { pen: Pen; said: string[] } {
  const said: string[] = [];
  const note =
    (name: string) =>
    (...values: readonly unknown[]) =>
      void said.push(
        `${name} ${values.map((value) => (typeof value === 'number' ? Math.round(value) : '')).join(' ')}`.trim(),
      );
  const pen: Pen = {
    arc: note('arc'),
    beginPath: note('begin'),
    fill: note('fill'),
    fillRect: note('paper'),
    lineTo: note('line'),
    moveTo: note('move'),
    quadraticCurveTo: note('curve'),
    stroke: note('stroke'),
    fillStyle: '',
    strokeStyle: '',
    lineCap: 'butt',
    lineJoin: 'miter',
    lineWidth: 1,
  };
  return { pen, said };
}

test('an empty pad is paper alone', () => {
  const { pen, said } = recordingPen();
  drawStrokes(pen, [], { width: 100, height: 50 }, inks.light, 0.1);
  assert.deepEqual(said, ['paper 0 0 100 50']);
  assert.equal(pen.lineWidth, 5);
});

test('a single place is a dot as wide as the pen', () => {
  const { pen, said } = recordingPen();
  drawStrokes(pen, [[{ x: 0.5, y: 0.5 }]], { width: 100, height: 100 }, inks.dark, 0.1);
  assert.deepEqual(said.slice(1), ['begin', 'arc 50 50 5 0 6', 'fill']);
  assert.equal(pen.fillStyle, inks.dark.ink);
});

test('a stroke goes from its first place to its last', () => {
  const { pen, said } = recordingPen();
  const stroke = [
    { x: 0, y: 0 },
    { x: 0.5, y: 0 },
    { x: 1, y: 1 },
  ];
  drawStrokes(pen, [stroke], { width: 100, height: 100 }, inks.light, 0.1);
  assert.deepEqual(said.slice(1), [
    'begin',
    'move 0 0',
    'curve 0 0 25 0',
    'curve 50 0 75 50',
    'line 100 100',
    'stroke',
  ]);
});

test('the pad has the proportions of what the model is fed', () => {
  assert.deepEqual(padSize({ width: 28, height: 28 }, 280), { width: 280, height: 280 });
  assert.deepEqual(padSize({ width: 100, height: 32 }, 400), { width: 400, height: 128 });
  assert.deepEqual(padSize({ width: null, height: null }, 280), { width: 280, height: 280 });
});
