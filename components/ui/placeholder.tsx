/** What stands where something will be, or where there is nothing. */
import type { ReactNode } from 'react';

import { Icon, type IconName } from './icons.tsx';
import styles from './placeholder.module.css';

/** Grey bars in place of text that is not known yet. */
export function SkeletonLines({
  lines = 3,
  label = 'Loading ...',
}: {
  readonly lines?: number;
  readonly label?: string;
}) {
  return (
    <div className={styles.lines} role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className={styles.line} />
      ))}
    </div>
  );
}

/** A grey bar in place of one value, as wide as a short number. */
export function Skeleton() {
  return <span className={styles.value} aria-hidden="true" />;
}

/** Grey cards in place of a list that is not known yet: put them into a `Grid`. */
export function SkeletonCards({
  count = 3,
  label = 'Loading ...',
}: {
  readonly count?: number;
  readonly label?: string;
}) {
  return Array.from({ length: count }, (_, index) => (
    <div
      key={index}
      className={styles.card}
      role={index === 0 ? 'status' : undefined}
      aria-label={index === 0 ? label : undefined}
    >
      <div className={styles.line} />
      <div className={styles.line} />
      <div className={styles.line} />
    </div>
  ));
}

interface EmptyStateProps {
  readonly icon?: IconName;
  readonly title: ReactNode;
  /** Why there is nothing, and what to do. */
  readonly children?: ReactNode;
  /** Buttons. */
  readonly actions?: ReactNode;
}

/** There is nothing: why, and what can be done. */
export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      {icon !== undefined && (
        <span className={styles.sign}>
          <Icon name={icon} size={24} />
        </span>
      )}
      <p className={styles.title}>{title}</p>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
