'use client';
/** An image made into a model's input, as soon as there is one. */
import { useEffect, useState } from 'react';

import { problemOf } from '../../lib/cockpit/problem.ts';
import type { PreparedImage, Problem } from '../../lib/cockpit/types.ts';
import type { Description } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import type { PickedImage } from './types.ts';

export interface Prepared {
  readonly prepared: PreparedImage | null;
  readonly problem: Problem | null;
}

const nothing: Prepared = { prepared: null, problem: null };

/** Follows `image`. The last one that was ready stays until the next is, so that a drawing's preview does not flicker. */
export function usePrepared(image: PickedImage | null, description: Description): Prepared {
  const cockpit = useCockpit();
  const [known, setKnown] = useState<Prepared>(nothing);
  useEffect(() => {
    if (image === null) return undefined;
    let isWanted = true;
    const show = (value: Prepared) => {
      if (isWanted) setKnown(value);
    };
    cockpit.prepareImage(image.blob, description).then(
      (prepared) => show({ prepared, problem: null }),
      (error: unknown) => show({ prepared: null, problem: problemOf(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [cockpit, image, description]);
  return image === null ? nothing : known;
}
