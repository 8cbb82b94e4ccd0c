/** A provider's record in a few words. */
import type { Record } from '../../lib/market/types.ts';
import { formatCount } from '../ui/format.ts';
import { Muted } from '../ui/layout.tsx';
import { summarize } from './record.ts';
import styles from './market.module.css';

export function RecordText({ record }: { readonly record: Record | null }) {
  const { delivered, due, rating, abandoned } = summarize(record);
  if (due === 0) return <Muted>none yet</Muted>;
  const more = [
    rating !== null && `★ ${rating.toFixed(1)}`,
    abandoned > 0 && `${formatCount(abandoned)} abandoned`,
  ].filter((part) => part !== false);
  return (
    <span className={styles.record}>
      {formatCount(delivered)} of {formatCount(due)}
      {more.length > 0 && <small>{more.join(', ')}</small>}
    </span>
  );
}
