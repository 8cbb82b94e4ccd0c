/** What is pressed: buttons, links that look like buttons, and buttons that are only an icon. */
import Link from 'next/link';
import type { ButtonHTMLAttributes, ReactNode } from 'react';

import { cx } from './cx.ts';
import { Icon, type IconName } from './icons.tsx';
import styles from './button.module.css';

/** `primary` is the one thing to do in a place; `quiet` has no border; `danger` cannot be taken back. */
export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger';

interface Look {
  /** Default: `secondary`. */
  readonly kind?: ButtonKind;
  /** Default: `m`. */
  readonly size?: 's' | 'm';
  readonly icon?: IconName;
  /** As wide as what it stands in. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

interface ButtonProps extends Look, Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children' | 'className' | 'style'> {
  /** What it has started goes on: it shows so, and does nothing until that has ended. */
  readonly busy?: boolean;
}

/** A button. It does not submit a form unless its `type` says so. */
export function Button({ kind, size, icon, wide, busy = false, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classOf({ kind, size, wide })}
      // Not `disabled`: that would take the focus away from who has just pressed it.
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy ? <span className={styles.spinner} aria-hidden="true" /> : icon && <Icon name={icon} size={17} />}
      {children}
    </button>
  );
}

/** A link to another view of the Cockpit that looks like a button. */
export function LinkButton({ kind, size, icon, wide, href, children }: Look & { readonly href: string }) {
  return (
    <Link href={href} className={classOf({ kind, size, wide })}>
      {icon && <Icon name={icon} size={17} />}
      {children}
    </Link>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children' | 'className' | 'style'> {
  readonly icon: IconName;
  /** What it does: its name for screen readers, and its tooltip. */
  readonly label: string;
  /** Default: `m`. */
  readonly size?: 's' | 'm';
}

/** A button that is only an icon. */
export function IconButton({ icon, label, size = 'm', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={cx(styles.button, styles.quiet, styles.square, size === 's' && styles.small)}
    >
      <Icon name={icon} size={size === 's' ? 16 : 19} />
    </button>
  );
}

function classOf({ kind = 'secondary', size = 'm', wide = false }: Partial<Omit<Look, 'children'>>): string {
  return cx(styles.button, styles[kind], size === 's' && styles.small, wide && styles.wide);
}
