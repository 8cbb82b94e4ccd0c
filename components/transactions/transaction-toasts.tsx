'use client';
/** The transactions under way, beside whatever the page shows; the shell mounts it once. */
import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';

import type { TransactionInfo, TransactionState } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { plural } from '../ui/format.ts';
import { VisuallyHidden } from '../ui/layout.tsx';
import { isSettled, stateWords } from './stages.ts';
import { TransactionCard } from './transaction-card.tsx';
import styles from './transaction-toasts.module.css';

const atMost = 3;
const shownForMs = 7_000;

/** Cards of the transactions that go on, have just ended, or have failed. */
export function TransactionToasts() {
  const transactions = useObservable(useCockpit().transactions);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const hide = useCallback((key: string) => setHidden((before) => new Set(before).add(key)), []);
  const visible = transactions.filter((transaction) => !hidden.has(keyOf(transaction)));
  const [newest] = transactions;
  return (
    <div className={styles.list}>
      <VisuallyHidden>
        <span role="status">{newest === undefined ? '' : `${newest.title}: ${stateWords[newest.state]}`}</span>
      </VisuallyHidden>
      {visible.slice(0, atMost).map((transaction) => (
        <Floating key={transaction.id} transaction={transaction} onHide={hide} />
      ))}
      {visible.length > atMost && (
        <Link href="/account/#transactions" className={styles.more}>
          and {plural(visible.length - atMost, 'more transaction')}
        </Link>
      )}
    </div>
  );
}

/** One that was closed while it went on comes back when it fails. */
function keyOf({ id, state }: TransactionInfo): string {
  return isProblem(state) ? `${id} ${state}` : String(id);
}

function isProblem(state: TransactionState): boolean {
  return state === 'failed' || state === 'lost';
}

interface FloatingProps {
  readonly transaction: TransactionInfo;
  readonly onHide: (key: string) => void;
}

function Floating({ transaction, onHide }: FloatingProps) {
  const { state } = transaction;
  const key = keyOf(transaction);
  const [isHeld, setHeld] = useState(false);
  const goesAway = isSettled(state) && !isProblem(state) && !isHeld;
  useEffect(() => {
    if (!goesAway) return undefined;
    const timer = setTimeout(() => onHide(key), shownForMs);
    return () => clearTimeout(timer);
  }, [goesAway, key, onHide]);
  return (
    // Who points at it or is in it still reads: it must not go away below the pointer.
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <TransactionCard
        floating
        transaction={transaction}
        closeLabel="Hide this transaction"
        onClose={() => onHide(key)}
      />
    </div>
  );
}
