/** How things stand on a page: the page itself, stacks, clusters, grids, facts and readouts. */
import type { ReactNode } from 'react';

import { cx } from './cx.ts';
import styles from './layout.module.css';

type Gap = 1 | 2 | 3 | 4 | 5 | 6 | 7;

interface PageProps {
  readonly title: ReactNode;
  /** Stands small above the title: where this view belongs. */
  readonly kicker?: ReactNode;
  /** One or two sentences below the title. */
  readonly lead?: ReactNode;
  /** Beside the title: buttons. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
  /** For views that are read or filled in rather than looked over. */
  readonly narrow?: boolean;
}

/** A view: its title as the page's one `h1`, and what is below. */
export function Page({ title, kicker, lead, actions, children, narrow = false }: PageProps) {
  return (
    <div className={cx(styles.page, narrow && styles.narrow)}>
      <header className={styles.head}>
        <div>
          {kicker !== undefined && <p className={styles.kicker}>{kicker}</p>}
          <h1>{title}</h1>
          {lead !== undefined && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  readonly title: ReactNode;
  /** Beside the title: a number, a status, small buttons. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page below a thin rule, with an `h2`. */
export function Section({ title, aside, children }: SectionProps) {
  return (
    <section className={styles.section}>
      <div className={styles.sectionHead}>
        <h2>{title}</h2>
        {aside !== undefined && <div className={styles.aside}>{aside}</div>}
      </div>
      {children}
    </section>
  );
}

interface GapProps {
  /** A step of the spacing scale. */
  readonly gap?: Gap;
  readonly children: ReactNode;
}

/** One below the other. */
export function Stack({ gap = 4, children }: GapProps) {
  return <div className={cx(styles.stack, gapClass(gap))}>{children}</div>;
}

interface ClusterProps extends GapProps {
  /** Default: `start`. */
  readonly justify?: 'start' | 'between' | 'end';
}

/** Beside each other, wrapping where there is no room. */
export function Cluster({ gap = 2, justify = 'start', children }: ClusterProps) {
  return <div className={cx(styles.cluster, gapClass(gap), styles[justify])}>{children}</div>;
}

interface GridProps extends GapProps {
  /** How wide a cell is at least: `s` 11 rem, `m` 17 rem, `l` 24 rem. Default: `m`. */
  readonly cell?: 's' | 'm' | 'l';
}

/** Cells of the same width, as many beside each other as there is room for. */
export function Grid({ gap = 4, cell = 'm', children }: GridProps) {
  return <div className={cx(styles.grid, gapClass(gap), styles[`cell-${cell}`])}>{children}</div>;
}

/** A main part and a narrower one beside it, which comes below on small screens. */
export function Split({ main, side }: { readonly main: ReactNode; readonly side: ReactNode }) {
  return (
    <div className={styles.split}>
      <div className={styles.main}>{main}</div>
      <div className={styles.side}>{side}</div>
    </div>
  );
}

export interface Fact {
  readonly term: ReactNode;
  readonly value: ReactNode;
  /** Explains the value, small below it. */
  readonly note?: ReactNode;
}

/** Terms and their values, separated by thin rules. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(({ term, value, note }, index) => (
        <div key={index} className={styles.fact}>
          <dt>{term}</dt>
          <dd>
            {value}
            {note !== undefined && <small className={styles.note}>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface ReadoutProps {
  readonly label: ReactNode;
  readonly value: ReactNode;
  /** Such as `ms`; amounts bring their own. */
  readonly unit?: string;
  readonly note?: ReactNode;
}

/** One number like on an instrument: label, large value, note. */
export function Readout({ label, value, unit, note }: ReadoutProps) {
  return (
    <div className={styles.readout}>
      <div className={styles.readoutLabel}>{label}</div>
      <div className={styles.readoutValue}>
        {value}
        {unit !== undefined && <span className={styles.unit}> {unit}</span>}
      </div>
      {note !== undefined && <div className={styles.note}>{note}</div>}
    </div>
  );
}

/** Readouts in a row between thin rules. */
export function Readouts({ children }: { readonly children: ReactNode }) {
  return <div className={styles.readouts}>{children}</div>;
}

/** Text for screen readers alone. */
export function VisuallyHidden({ children }: { readonly children: ReactNode }) {
  return <span className={styles.hidden}>{children}</span>;
}

/** Secondary text, in the muted ink. */
export function Muted({ children }: { readonly children: ReactNode }) {
  return <span className={styles.muted}>{children}</span>;
}

function gapClass(gap: Gap): string | undefined {
  return styles[`gap-${gap}`];
}
