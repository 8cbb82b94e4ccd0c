/** One thing after another: the steps of a short flow, and what has happened and will. */
import type { ReactNode } from 'react';

import type { Truth } from './badge.tsx';
import { Status } from './badge.tsx';
import { cx } from './cx.ts';
import { Icon } from './icons.tsx';
import { VisuallyHidden } from './layout.tsx';
import styles from './timeline.module.css';

export type StepState = 'done' | 'current' | 'todo' | 'failed';

const stateWords: Readonly<Record<StepState, string>> = {
  done: 'done',
  current: 'now',
  todo: 'to come',
  failed: 'failed',
};

export interface Step {
  readonly label: ReactNode;
  readonly state: StepState;
  /** Small below the label. */
  readonly note?: ReactNode;
}

interface StepsProps {
  /** What the steps lead to, for screen readers. */
  readonly label: string;
  readonly steps: readonly Step[];
  /** Small and close together, for the stages of one inference in a list. */
  readonly compact?: boolean;
}

/** The steps of a flow beside each other. */
export function Steps({ label, steps, compact = false }: StepsProps) {
  return (
    <ol className={cx(styles.steps, compact && styles.compact)} aria-label={label}>
      {steps.map(({ label: text, state, note }, index) => (
        <li
          key={index}
          className={cx(styles.step, styles[state])}
          aria-current={state === 'current' ? 'step' : undefined}
        >
          <span className={styles.mark} aria-hidden="true">
            {state === 'done' ? (
              <Icon name="check" size={12} />
            ) : state === 'failed' ? (
              <Icon name="close" size={12} />
            ) : compact ? null : (
              index + 1
            )}
          </span>
          <span className={styles.words}>
            <span className={styles.label}>{text}</span>
            <VisuallyHidden>, {stateWords[state]}</VisuallyHidden>
            {note !== undefined && <span className={styles.note}>{note}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

export interface TimelineItem {
  readonly key: string;
  readonly title: ReactNode;
  /** When: usually a `Time`. */
  readonly time?: ReactNode;
  readonly detail?: ReactNode;
  /** How true it is. */
  readonly truth?: Truth;
  readonly tone?: 'good' | 'warn' | 'bad';
  /** It lies ahead. */
  readonly isFuture?: boolean;
}

/** What has happened and will, one below the other. */
export function Timeline({ label, items }: { readonly label: string; readonly items: readonly TimelineItem[] }) {
  return (
    <ol className={styles.timeline} aria-label={label}>
      {items.map(({ key, title, time, detail, truth, tone, isFuture = false }) => (
        <li key={key} className={cx(styles.item, tone && styles[tone], isFuture && styles.future)}>
          <div className={styles.itemHead}>
            <span className={styles.itemTitle}>{title}</span>
            {truth !== undefined && <Status state={truth} />}
            {time !== undefined && <span className={styles.note}>{time}</span>}
          </div>
          {detail !== undefined && <div className={styles.detail}>{detail}</div>}
        </li>
      ))}
    </ol>
  );
}
