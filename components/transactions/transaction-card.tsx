'use client';
/** One transaction: how far it is, what it cost, and why it failed. */
import type { ReactNode } from 'react';

import type { TransactionInfo } from '../../lib/cockpit/types.ts';
import { Status } from '../ui/badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { Icon } from '../ui/icons.tsx';
import { Steps } from '../ui/timeline.tsx';
import { Amount } from '../ui/values.tsx';
import { stages, stageStates, stateWords } from './stages.ts';
import { TransactionProblem } from './transaction-problem.tsx';
import styles from './transaction-card.module.css';

interface TransactionCardProps {
  readonly transaction: TransactionInfo;
  readonly onClose: () => void;
  /** What the button to close it does: `Hide`, `Take off the list`. */
  readonly closeLabel: string;
  /** Below everything else. */
  readonly children?: ReactNode;
  /** Lies above the page. */
  readonly floating?: boolean;
}

/** A transaction as a card. */
export function TransactionCard({
  transaction,
  onClose,
  closeLabel,
  children,
  floating = false,
}: TransactionCardProps) {
  const { title, state, fee, problem } = transaction;
  const states = stageStates(transaction);
  return (
    <article className={cx(styles.card, floating && styles.floating, styles[toneOf(transaction)])}>
      <div className={styles.head}>
        <h3 className={styles.title}>{title}</h3>
        <IconButton icon="close" size="s" label={closeLabel} onClick={onClose} />
      </div>
      <Steps compact label="Stages" steps={stages.map((label, index) => ({ label, state: states[index] ?? 'todo' }))} />
      <p className={styles.line}>
        <StateMark transaction={transaction} />
        {fee !== null && (
          <span className={styles.fee}>
            Fee <Amount value={fee} decimals={6} />
          </span>
        )}
      </p>
      {state === 'signing' && (
        <p className={styles.hint}>Your wallet shows what is signed. Compare it before you agree.</p>
      )}
      {problem !== null && <TransactionProblem state={state} problem={problem} />}
      {children}
    </article>
  );
}

function toneOf({ state }: TransactionInfo): 'good' | 'warn' | 'bad' | 'plain' {
  if (state === 'failed') return 'bad';
  if (state === 'lost' || state === 'cancelled') return 'warn';
  return state === 'finalized' ? 'good' : 'plain';
}

function StateMark({ transaction: { state, block } }: { readonly transaction: TransactionInfo }) {
  const inBlock = block === null ? '' : ` · block ${block.number}`;
  switch (state) {
    case 'inBestBlock':
      return <Status state="pending">Pending{inBlock}</Status>;
    case 'finalized':
      return <Status state="final">Final{inBlock}</Status>;
    case 'failed':
    case 'lost':
      return <Status state="lost">{stateWords[state] + inBlock}</Status>;
    case 'cancelled':
      return (
        <span className={styles.mark}>
          <Icon name="minus" size={14} /> {stateWords[state]}
        </span>
      );
    default:
      return (
        <span className={styles.mark}>
          <Icon name={state === 'signing' ? 'key' : 'clock'} size={14} /> {stateWords[state]}
        </span>
      );
  }
}
