/** How far something is. */
import { useId, type ReactNode } from 'react';

import styles from './progress.module.css';

interface ProgressProps {
  readonly label: ReactNode;
  /** How much is done; `undefined` while that cannot be told. */
  readonly value?: number | undefined;
  /** How much there is to do. Default: 1. */
  readonly max?: number;
  /** Beside the label: `3 of 10`, `12 MiB of 40 MiB`. */
  readonly text?: ReactNode;
}

/** A bar with what it measures. */
export function Progress({ label, value, max = 1, text }: ProgressProps) {
  const id = useId();
  return (
    <div className={styles.progress}>
      <div className={styles.head}>
        <label htmlFor={id}>{label}</label>
        {text !== undefined && <span className={styles.text}>{text}</span>}
      </div>
      <progress id={id} className={styles.bar} value={value} max={max} />
    </div>
  );
}
