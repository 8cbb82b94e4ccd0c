'use client';
/** What a model will be fed, pixel by pixel. */
import { useEffect, useRef } from 'react';

import type { PreparedImage } from '../../lib/cockpit/types.ts';
import styles from './image-input.module.css';

interface FedPreviewProps {
  readonly fed: PreparedImage['fed'];
  /** What it was made of. */
  readonly label: string;
}

export function FedPreview({ fed, label }: FedPreviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(fed.data, fed.width, fed.height), 0, 0);
  }, [fed]);
  return (
    <canvas
      ref={canvas}
      className={styles.fed}
      width={fed.width}
      height={fed.height}
      role="img"
      aria-label={`${label} as the model is fed it: ${fed.width} by ${fed.height} pixels`}
    />
  );
}
