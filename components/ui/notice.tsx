/** What somebody should know: information, warnings, and errors with their name and what to do. */
import type { ReactNode } from 'react';

import { problemOf } from '../../lib/cockpit/problem.ts';
import type { Problem } from '../../lib/cockpit/types.ts';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import { Icon, type IconName } from './icons.tsx';
import styles from './notice.module.css';

export type NoticeTone = 'info' | 'good' | 'warning' | 'error';

const icons: Readonly<Record<NoticeTone, IconName>> = {
  info: 'info',
  good: 'check',
  warning: 'warning',
  error: 'error',
};

interface NoticeProps {
  /** Default: `info`. */
  readonly tone?: NoticeTone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons. */
  readonly actions?: ReactNode;
}

/** A notice in its place on the page. Errors are read out at once, everything else when there is time. */
export function Notice({ tone = 'info', title, children, actions }: NoticeProps) {
  return (
    <div className={cx(styles.notice, styles[tone])} role={tone === 'error' ? 'alert' : 'status'}>
      <Icon name={icons[tone]} size={19} className={styles.icon} />
      <div className={styles.body}>
        {title !== undefined && <p className={styles.title}>{title}</p>}
        {children !== undefined && <div className={styles.text}>{children}</div>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}

interface ProblemNoticeProps {
  /** A problem of the Cockpit, or whatever was thrown. Nothing is shown for `null` and `undefined`. */
  readonly problem: unknown;
  /** What did not work: `The order was not placed`. */
  readonly title: ReactNode;
  readonly onRetry?: () => void;
  /** Further buttons. */
  readonly actions?: ReactNode;
}

/** An error: what did not work, why in the words of the chain or of the library, and its name. */
export function ProblemNotice({ problem, title, onRetry, actions }: ProblemNoticeProps) {
  if (problem === null || problem === undefined) return null;
  const { name, message, chainError } = asProblem(problem);
  return (
    <Notice
      tone={name === 'Cancelled' ? 'warning' : 'error'}
      title={title}
      actions={
        onRetry !== undefined || actions !== undefined ? (
          <>
            {onRetry !== undefined && (
              <Button size="s" icon="refresh" onClick={onRetry}>
                Try again
              </Button>
            )}
            {actions}
          </>
        ) : undefined
      }
    >
      <p>{message}</p>
      <code className={styles.name}>{chainError ?? name}</code>
    </Notice>
  );
}

/** Anything that was thrown, as a problem that can be shown. */
export function asProblem(thrown: unknown): Problem {
  if (
    !(thrown instanceof Error) &&
    typeof thrown === 'object' &&
    thrown !== null &&
    'message' in thrown &&
    'name' in thrown
  ) {
    return { ...(thrown as Problem), chainError: (thrown as Partial<Problem>).chainError ?? null };
  }
  return problemOf(thrown);
}
