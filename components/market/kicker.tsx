/** What stands above a view's title: where it belongs, and how true it is what it shows. */
import type { ReactNode } from 'react';

import styles from './market.module.css';

export function Kicker({ children }: { readonly children: ReactNode }) {
  return <span className={styles.kicker}>{children}</span>;
}
