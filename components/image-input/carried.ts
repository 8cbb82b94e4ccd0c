/**
 * The image that goes along from trying a model to the agreement in which it is sent. It is kept for this tab alone, over
 * a reload where it is small enough for the tab's storage.
 */
import type { PickedImage } from './types.ts';

/** What of a tab's storage is used. */
export type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface Carrier {
  /** The image that was taken along for a model. */
  get(model: number): PickedImage | null;
  /** Takes one along, in place of another; resolves when it would outlive a reload, or cannot. */
  put(model: number, image: PickedImage): Promise<void>;
  drop(model: number): void;
  subscribe(listener: () => void): () => void;
}

const maxKeptBytes = 2 * 1024 * 1024;

/** @param storage asked for at each use: it is not there while a page is prerendered, or may be forbidden */
export function createCarrier(storage: () => TabStorage | undefined): Carrier {
  const images = new Map<number, PickedImage | null>();
  const listeners = new Set<() => void>();
  const changed = () => listeners.forEach((listener) => listener());
  const keyOf = (model: number) => `airo.input.${model}`;
  return {
    get(model) {
      let image = images.get(model);
      if (image === undefined) {
        image = read(storage(), keyOf(model));
        images.set(model, image);
      }
      return image;
    },
    async put(model, image) {
      images.set(model, image);
      changed();
      await keep(storage(), keyOf(model), image, () => images.get(model) === image);
    },
    drop(model) {
      images.set(model, null);
      try {
        storage()?.removeItem(keyOf(model));
      } catch {
        // A storage that is forbidden holds nothing either.
      }
      changed();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read(storage: TabStorage | undefined, key: string): PickedImage | null {
  try {
    const text = storage?.getItem(key);
    if (text === null || text === undefined) return null;
    const { label, type, data } = JSON.parse(text) as { label: string; type: string; data: string };
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    return { label, blob: new Blob([bytes], { type }) };
  } catch {
    return null;
  }
}

async function keep(
  storage: TabStorage | undefined,
  key: string,
  { label, blob }: PickedImage,
  isWanted: () => boolean,
): Promise<void> {
  try {
    storage?.removeItem(key);
    if (blob.size > maxKeptBytes) return;
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let data = '';
    for (const byte of bytes) data += String.fromCharCode(byte);
    if (isWanted()) storage?.setItem(key, JSON.stringify({ label, type: blob.type, data: btoa(data) }));
  } catch {
    // It is in memory all the same.
  }
}
