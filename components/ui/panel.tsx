/** Surfaces: a panel for what belongs together, and a card that leads somewhere. */
import Link from 'next/link';
import type { ReactNode } from 'react';

import { cx } from './cx.ts';
import styles from './panel.module.css';

interface PanelProps {
  /** An `h2` (or what `level` says) at the head of the panel. */
  readonly title?: ReactNode;
  /** Default: 2. */
  readonly level?: 2 | 3;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  /** Set apart by its colour: what matters most on the page. */
  readonly accent?: boolean;
}

/** A surface with a thin border. Panels do not stand in panels: use `Section` there. */
export function Panel({ title, level = 2, aside, children, accent = false }: PanelProps) {
  const Heading = `h${level}` as const;
  return (
    <section className={cx(styles.panel, accent && styles.accent)}>
      {(title !== undefined || aside !== undefined) && (
        <div className={styles.head}>
          {title !== undefined && <Heading>{title}</Heading>}
          {aside !== undefined && <div className={styles.aside}>{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

interface CardProps {
  readonly title: ReactNode;
  /** Where the card leads; all of it can be pressed. */
  readonly href: string;
  readonly aside?: ReactNode;
  readonly children?: ReactNode;
  /** Below a rule at the card's end. */
  readonly foot?: ReactNode;
}

/** An entry of a list that leads to a view of its own: put it into a `Grid`. */
export function Card({ title, href, aside, children, foot }: CardProps) {
  return (
    <article className={cx(styles.panel, styles.card)}>
      <div className={styles.head}>
        <h3>
          <Link href={href} className={styles.link}>
            {title}
          </Link>
        </h3>
        {aside !== undefined && <div className={styles.aside}>{aside}</div>}
      </div>
      {children !== undefined && <div className={styles.body}>{children}</div>}
      {foot !== undefined && <div className={styles.foot}>{foot}</div>}
    </article>
  );
}
