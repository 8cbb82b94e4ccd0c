'use client';
/** A small picture of a blob. */
import { useEffect, useRef } from 'react';

import styles from './image-input.module.css';

interface ThumbnailProps {
  readonly blob: Blob;
  readonly label: string;
  /** Default: `m`. */
  readonly size?: 's' | 'm';
}

export function Thumbnail({ blob, label, size = 'm' }: ThumbnailProps) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(blob);
    if (image.current) image.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [blob]);
  return <img ref={image} alt={label} className={size === 's' ? styles.thumbSmall : styles.thumb} />;
}
