'use client';
/** Images that wait to be sent, each made into the model's input as it comes in. */
import { useEffect, useRef, useState } from 'react';

import { problemOf } from '../../lib/cockpit/problem.ts';
import type { PreparedImage } from '../../lib/cockpit/types.ts';
import type { Description } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import type { PickedImage } from '../image-input/types.ts';

export interface TrayItem {
  readonly key: number;
  readonly image: PickedImage;
  /** `null` while it is made, and when it cannot be. */
  readonly prepared: PreparedImage | null;
  /** Why it cannot be sent. */
  readonly refusal: string | null;
}

export interface Tray {
  readonly items: readonly TrayItem[];
  readonly add: (images: readonly PickedImage[]) => void;
  readonly remove: (key: number) => void;
  /** Takes out what was sent; what came in since stays. */
  readonly removeAll: (keys: readonly number[]) => void;
}

/** Many files are made ready one after the other: the page stays quick meanwhile. */
export function useTray(description: Description): Tray {
  const cockpit = useCockpit();
  const [items, setItems] = useState<readonly TrayItem[]>([]);
  const nextKey = useRef(0);
  const waiting = items.find(({ prepared, refusal }) => prepared === null && refusal === null);

  useEffect(() => {
    if (waiting === undefined) return undefined;
    let isWanted = true;
    const settle = (change: Partial<TrayItem>) => {
      if (isWanted) setItems((all) => all.map((item) => (item.key === waiting.key ? { ...item, ...change } : item)));
    };
    cockpit.prepareImage(waiting.image.blob, description).then(
      (prepared) => settle({ prepared }),
      (error: unknown) => settle({ refusal: problemOf(error).message }),
    );
    return () => {
      isWanted = false;
    };
  }, [cockpit, waiting, description]);

  const removeAll = (keys: readonly number[]) => setItems((all) => all.filter(({ key }) => !keys.includes(key)));
  return {
    items,
    add: (images) => {
      const added = images.map((image): TrayItem => ({ key: nextKey.current++, image, prepared: null, refusal: null }));
      setItems((all) => [...all, ...added]);
    },
    remove: (key) => removeAll([key]),
    removeAll,
  };
}
