/** More for who wants to know it. */
import type { ReactNode } from 'react';

import { Icon } from './icons.tsx';
import styles from './disclosure.module.css';

interface DisclosureProps {
  readonly summary: ReactNode;
  readonly children: ReactNode;
  readonly open?: boolean;
}

/** A line that opens what is below it. */
export function Disclosure({ summary, children, open }: DisclosureProps) {
  return (
    <details className={styles.disclosure} open={open}>
      <summary className={styles.summary}>
        <Icon name="right" size={16} className={styles.sign} />
        {summary}
      </summary>
      <div className={styles.body}>{children}</div>
    </details>
  );
}
