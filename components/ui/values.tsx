'use client';
/** Values of the domain: amounts, addresses, content ids, moments and numbers of blocks. */
import { useEffect, useState } from 'react';

import { formatAmount } from '../../lib/market/amounts.ts';
import { cx } from './cx.ts';
import { amountParts, formatDuration, formatRelative, plural, shortId } from './format.ts';
import { Icon } from './icons.tsx';
import { identicon } from './identicon.ts';
import { VisuallyHidden } from './layout.tsx';
import styles from './values.module.css';

interface AmountProps {
  /** In the smallest unit. */
  readonly value: bigint;
  /** The most decimals that are shown. The exact amount is the tooltip then. Default: all. */
  readonly decimals?: number;
  /** Large, for the one amount that matters. */
  readonly large?: boolean;
}

/** An amount of AIRO with its unit. Its groups of digits are set apart by space alone: it is copied as one number. */
export function Amount({ value, decimals, large = false }: AmountProps) {
  const parts = amountParts(value, decimals);
  return (
    <span
      className={cx(styles.amount, large && styles.large)}
      title={parts.isRounded ? formatAmount(value) : undefined}
    >
      {parts.isRounded && '≈ '}
      {parts.sign}
      {parts.groups.map((group, index) => (
        <span key={index} className={index > 0 ? styles.group : undefined}>
          {group}
        </span>
      ))}
      {parts.decimals !== '' && `.${parts.decimals}`}
      <span className={styles.unit}> {parts.unit}</span>
    </span>
  );
}

/** The picture of an address. */
export function Identicon({ of, size = 20 }: { readonly of: string; readonly size?: number }) {
  const { rings, hue } = identicon(of);
  return (
    <svg
      className={styles.identicon}
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
    >
      {rings.map((ring) => (
        <path
          key={ring.radius}
          d={ring.path}
          fill="none"
          stroke={`oklch(66% 0.13 ${ring.hue})`}
          strokeWidth={4.5}
          strokeLinecap="butt"
        />
      ))}
      <circle cx={16} cy={16} r={1.9} fill={`oklch(66% 0.13 ${hue})`} />
    </svg>
  );
}

interface AddressProps {
  readonly address: string;
  /** What the account is called; stands in place of the shortened address. */
  readonly name?: string | undefined;
  /** All of it. */
  readonly full?: boolean;
  /** Default: it can be copied. */
  readonly copyable?: boolean;
}

/** An account's address with its picture. */
export function Address({ address, name, full = false, copyable = true }: AddressProps) {
  return (
    <span className={styles.id}>
      <Identicon of={address} />
      <span className={cx(styles.text, full && styles.full)} title={full ? undefined : address}>
        {name ?? (full ? address : shortId(address))}
      </span>
      {copyable && <CopyButton text={address} what="address" />}
    </span>
  );
}

interface ContentIdProps {
  readonly id: string;
  readonly full?: boolean;
  readonly copyable?: boolean;
  /** What it is, for the button's name. Default: `content id`. */
  readonly what?: string;
}

/** A content id or a hash. */
export function ContentId({ id, full = false, copyable = true, what = 'content id' }: ContentIdProps) {
  return (
    <span className={styles.id}>
      <span className={cx(styles.text, styles.mono, full && styles.full)} title={full ? undefined : id}>
        {full ? id : shortId(id, 8, 6)}
      </span>
      {copyable && <CopyButton text={id} what={what} />}
    </span>
  );
}

const saidForMs = 2_000;

/** Copies a text, and says for a moment whether that worked. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [said, setSaid] = useState<'copied' | 'failed'>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => setSaid(undefined), saidForMs);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('copied');
    } catch {
      setSaid('failed');
    }
  };
  return (
    <button
      type="button"
      className={styles.copy}
      aria-label={`Copy ${what}`}
      title={`Copy ${what}`}
      onClick={() => void copy()}
    >
      <Icon name={said === 'copied' ? 'check' : said === 'failed' ? 'error' : 'copy'} size={14} />
      <span role="status">
        {said !== undefined && (
          <VisuallyHidden>{said === 'copied' ? 'Copied' : 'This browser does not allow copying'}</VisuallyHidden>
        )}
      </span>
    </button>
  );
}

/** The present, which goes on while somebody looks: `undefined` while the page is prerendered. */
function useNow(everyMs = 1_000): number | undefined {
  const [now, setNow] = useState<number>();
  useEffect(() => {
    const update = () => setNow(Date.now());
    update();
    const timer = setInterval(update, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** A moment beside now, such as `3 min ago`; the whole date is its tooltip. `null` shows a dash. */
export function Time({ ms }: { readonly ms: number | null }) {
  const now = useNow();
  if (ms === null || now === undefined) return <span className={styles.muted}>–</span>;
  const moment = new Date(ms);
  return (
    <time dateTime={moment.toISOString()} title={moment.toLocaleString()} className={styles.nowrap}>
      {formatRelative(ms, now)}
    </time>
  );
}

interface BlocksProps {
  readonly count: number;
  /** How long one takes, for the duration beside the count. Default: 2 s. */
  readonly blockMs?: number;
}

/** A number of blocks, and how long that is: `12 blocks, 24 s`. */
export function Blocks({ count, blockMs = 2_000 }: BlocksProps) {
  return (
    <span className={styles.nowrap}>
      {plural(count, 'block')} <span className={styles.muted}>≈ {formatDuration(count * blockMs)}</span>
    </span>
  );
}
