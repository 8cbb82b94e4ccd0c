/** The one amount that a panel is about. */
import type { ReactNode } from 'react';

import { Amount } from '../ui/values.tsx';
import styles from './market.module.css';

interface FigureProps {
  readonly label: ReactNode;
  /** In the smallest unit. */
  readonly value: bigint;
  readonly note: ReactNode;
}

export function Figure({ label, value, note }: FigureProps) {
  return (
    <div className={styles.figure} aria-live="polite">
      <div className={styles.wayText}>{label}</div>
      <Amount value={value} large />
      <div className={styles.wayText}>{note}</div>
    </div>
  );
}
