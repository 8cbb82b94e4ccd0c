/** How values are written for people. Everything here is pure; amounts are in the smallest unit. */
import { formatAmount } from '../../lib/market/amounts.ts';

/** An amount in pieces, to be set apart by style alone: what is copied stays one number. */
export interface AmountParts {
  readonly sign: '' | '−';
  /** The whole part in groups of three digits. */
  readonly groups: readonly string[];
  /** The decimals; empty without any. */
  readonly decimals: string;
  readonly unit: string;
  /** Whether decimals were left out. */
  readonly isRounded: boolean;
}

/**
 * Takes an amount apart.
 *
 * @param decimals how many are shown at most; what is beyond is cut off, towards zero. Default: all
 */
export function amountParts(amount: bigint, decimals = Infinity): AmountParts {
  const [number = '', unit = ''] = formatAmount(amount < 0n ? -amount : amount).split(' ');
  const [whole = '', all = ''] = number.split('.');
  const shown = all.slice(0, decimals).replace(/0+$/, '');
  return {
    sign: amount < 0n ? '−' : '',
    groups: whole.match(/\d{1,3}(?=(\d{3})*$)/g) ?? [],
    decimals: shown,
    unit,
    isRounded: all.length > decimals,
  };
}

/** An address or a content id with its middle left out: `5GrwvaEF…utQY`. Short ones stay whole. */
export function shortId(id: string, head = 6, tail = 4): string {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`;
}

/** A duration in its largest units: `850 ms`, `4.2 s`, `3 min`, `2 h 5 min`, `3 d 4 h`. Durations have no sign. */
export function formatDuration(durationMs: number): string {
  const ms = Math.abs(durationMs);
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${trim(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** A moment beside now: `just now`, `3 min ago`, `in 2 h`. */
export function formatRelative(momentMs: number, nowMs: number): string {
  const difference = momentMs - nowMs;
  if (Math.abs(difference) < 5_000) return difference > 0 ? 'in a moment' : 'just now';
  const duration = formatDuration(difference);
  return difference > 0 ? `in ${duration}` : `${duration} ago`;
}

/** A number of bytes: `812 B`, `1.2 KiB`, `13 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_023.5 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : trim(value)} ${units[unit] ?? ''}`;
}

/** A count with narrow spaces between groups of three digits. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** A share from 0 to 1 in percent: `97 %`, `0.4 %`, never rounded up to 100 % or down to 0 %. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent <= 0) return '0 %';
  if (percent >= 100) return '100 %';
  if (percent < 0.1) return '< 0.1 %';
  if (percent > 99.9) return '> 99.9 %';
  return `${percent < 10 || percent > 90 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** A word in the number that belongs to a count: `1 bid`, `3 bids`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
