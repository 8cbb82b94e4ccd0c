'use client';
/** What is on the drawing pad: kept outside of it, so that it is still there when one comes back to the pad. */
import { useState } from 'react';

import type { inks, Stroke } from './strokes.ts';
import type { PickedImage } from './types.ts';

interface Sheet {
  readonly strokes: readonly Stroke[];
  readonly paper: keyof typeof inks;
  /** The drawing as an image; `null` when there is nothing on the pad. */
  readonly image: PickedImage | null;
}

export interface Drawing extends Sheet {
  readonly change: (strokes: readonly Stroke[], paper: keyof typeof inks) => void;
  /** The image of these strokes, once it is made. */
  readonly setImage: (of: readonly Stroke[], image: PickedImage) => void;
  readonly clear: () => void;
}

export function useDrawing(): Drawing {
  const [{ strokes, paper, image }, set] = useState<Sheet>({ strokes: [], paper: 'light', image: null });
  return {
    strokes,
    paper,
    image,
    change: (next, ink) =>
      set((sheet) => ({ strokes: next, paper: ink, image: next.length === 0 ? null : sheet.image })),
    // An image that is ready after its strokes are gone is of no use.
    setImage: (of, next) => set((sheet) => (sheet.strokes === of ? { ...sheet, image: next } : sheet)),
    clear: () => set((sheet) => ({ ...sheet, strokes: [], image: null })),
  };
}
