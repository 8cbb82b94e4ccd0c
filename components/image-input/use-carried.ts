'use client';
/** The image that goes along with somebody, for views. */
import { useSyncExternalStore } from 'react';

import { createCarrier } from './carried.ts';
import type { PickedImage } from './types.ts';

export const carrier = createCarrier(() => {
  try {
    return typeof sessionStorage === 'undefined' ? undefined : sessionStorage;
  } catch {
    // Reading the property itself throws where storage is forbidden.
    return undefined;
  }
});

/** The image that was taken along for a model; `null` without one. */
export function useCarried(model: number): PickedImage | null {
  return useSyncExternalStore(
    (listener) => carrier.subscribe(listener),
    () => carrier.get(model),
    () => null,
  );
}
