/** Small marks: a word in a tone, and the one way in which the truth of a value is shown. */
import type { ReactNode } from 'react';

import type { Loaded } from '../../lib/cockpit/types.ts';
import { cx } from './cx.ts';
import styles from './badge.module.css';

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad';

/** A word that says what kind of thing something is. */
export function Badge({ tone = 'neutral', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={cx(styles.badge, styles[tone])}>{children}</span>;
}

/**
 * How true a value is.
 *
 * - `cached`: from the last visit; the chain has not answered yet
 * - `pending`: in the best block; it may still be undone
 * - `final`: it cannot be undone
 * - `live`: follows something that changes by itself
 * - `lost`: it cannot be read now
 */
export type Truth = 'cached' | 'pending' | 'final' | 'live' | 'lost';

const words: Readonly<Record<Truth, string>> = {
  cached: 'Cached',
  pending: 'Pending',
  final: 'Final',
  live: 'Live',
  lost: 'Lost',
};

const meanings: Readonly<Record<Truth, string>> = {
  cached: 'From your last visit; the chain has not answered yet.',
  pending: 'In the newest block; it may still be undone.',
  final: 'Finalized: it cannot be undone.',
  live: 'Updated as it happens.',
  lost: 'It cannot be read now. It is tried again by itself.',
};

interface StatusProps {
  readonly state: Truth;
  /** In place of the state's own word. */
  readonly children?: ReactNode;
  /** Only the sign; the word is for screen readers. */
  readonly compact?: boolean;
}

/** Shows how true a value is: by shape, by colour and by word. */
export function Status({ state, children, compact = false }: StatusProps) {
  return (
    <span className={cx(styles.status, styles[state])} title={meanings[state]}>
      <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden="true" focusable="false">
        {signs[state]}
      </svg>
      <span className={compact ? styles.hidden : undefined}>{children ?? words[state]}</span>
    </span>
  );
}

/** The shapes fill up from nothing known to certain, so that they can be told apart without colour. */
const signs: Readonly<Record<Truth, ReactNode>> = {
  cached: (
    <circle cx={6} cy={6} r={4.25} fill="none" stroke="currentColor" strokeWidth={1.5} strokeDasharray="2.2 1.6" />
  ),
  pending: (
    <>
      <circle cx={6} cy={6} r={4.25} fill="none" stroke="currentColor" strokeWidth={1.5} />
      <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor" />
    </>
  ),
  final: (
    <>
      <circle cx={6} cy={6} r={5} fill="currentColor" />
      <path d="M3.7 6.2l1.6 1.6 3-3.3" fill="none" stroke="var(--surface)" strokeWidth={1.4} />
    </>
  ),
  live: (
    <>
      <circle className={styles.pulse} cx={6} cy={6} r={5} fill="currentColor" opacity={0.3} />
      <circle cx={6} cy={6} r={2.75} fill="currentColor" />
    </>
  ),
  lost: (
    <path d="M2.5 2.5l7 7M9.5 2.5l-7 7" fill="none" stroke="currentColor" strokeWidth={1.75} strokeLinecap="round" />
  ),
};

/** How true a loaded value is; `undefined` while nothing is known. */
export function truthOf(loaded: Loaded<unknown>): Truth | undefined {
  switch (loaded.state) {
    case 'loading':
      return undefined;
    case 'cached':
      return 'cached';
    case 'live':
      return loaded.isFinal ? 'final' : 'pending';
    case 'failed':
      return 'lost';
  }
}
