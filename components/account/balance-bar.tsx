/** The balance as one bar: what is free, and each hold. */
import type { BalanceDetail } from '../../lib/cockpit/types.ts';
import { balanceShares } from './balance-shares.ts';
import styles from './balance-section.module.css';

/** The colour of a hold by its place in the list. */
export function seriesOf(index: number): 1 | 2 | 3 {
  return ((index % 3) + 1) as 1 | 2 | 3;
}

/** Draws how the balance divides. The same is written below it, so it is hidden from screen readers. */
export function BalanceBar({ free, held }: Pick<BalanceDetail, 'free' | 'held'>) {
  const shares = balanceShares({ free, held });
  return (
    <svg className={styles.bar} width="100%" height={10} aria-hidden="true">
      <rect className={styles.track} width="100%" height={10} rx={2} />
      {shares.map(({ key, from, length }, index) => (
        <rect
          key={key}
          className={styles.share}
          data-series={index === 0 ? 0 : seriesOf(index - 1)}
          x={`${from}%`}
          width={`${length}%`}
          height={10}
        />
      ))}
    </svg>
  );
}
