'use client';
/** An image on the left, and what the model will be fed of it on the right. */
import type { ReactNode } from 'react';

import type { Description } from '../../lib/market/types.ts';
import { fedSize } from '../market/describe.ts';
import { ProblemNotice } from '../ui/notice.tsx';
import { FedPreview } from './fed-preview.tsx';
import type { PickedImage } from './types.ts';
import type { Prepared } from './use-prepared.ts';
import styles from './image-input.module.css';

interface BenchProps {
  readonly description: Description;
  readonly image: PickedImage | null;
  readonly prepared: Prepared;
  /** Where images come from. */
  readonly source: ReactNode;
  /** Below the preview. */
  readonly children?: ReactNode;
}

export function Bench({ description, image, prepared: { prepared, problem }, source, children }: BenchProps) {
  const { width, height } = fedSize(description);
  const size = width === null || height === null ? 'your image' : `${width}\u00a0×\u00a0${height} pixels`;
  return (
    <div className={styles.bench}>
      {source}
      <div className={styles.side}>
        <div className={styles.fedFrame}>
          {prepared !== null && image !== null ? (
            <FedPreview fed={prepared.fed} label={image.label} />
          ) : (
            <div className={styles.empty}>The model sees {size}</div>
          )}
        </div>
        <div className={styles.pad}>
          <p className={styles.caption} aria-live="polite">
            {prepared !== null && image !== null
              ? `${image.label}: exactly what the model will be fed, ${prepared.fed.width}\u00a0×\u00a0${prepared.fed.height} pixels.`
              : 'Draw or pick something: here you see exactly what the model will be fed.'}
          </p>
          <ProblemNotice title={`${image?.label ?? 'This'} cannot be used`} problem={problem} />
          {children}
        </div>
      </div>
    </div>
  );
}
