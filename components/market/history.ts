/** A market's periods as a chart shows them. */
import type { PeriodInfo } from '../../lib/cockpit/types.ts';
import { AIRO, formatAmount } from '../../lib/market/amounts.ts';

export interface Datum {
  readonly label: string;
  /** In AIRO, or a count. */
  readonly value: number;
}

const dayMs = 86_400_000;

/** The mean price of an inference in each period in which something was agreed. */
export function prices(history: readonly PeriodInfo[], locale?: string): readonly Datum[] {
  return history.flatMap((period) =>
    period.priceMean === null ? [] : [{ label: labelOf(period, locale), value: toAiro(period.priceMean) }],
  );
}

/** The royalties that were paid in each period. */
export function royalties(history: readonly PeriodInfo[], locale?: string): readonly Datum[] {
  return history.map((period) => ({ label: labelOf(period, locale), value: toAiro(period.royalties) }));
}

/** An amount in AIRO as a number: for drawing alone, as it is rounded. */
export function toAiro(amount: bigint): number {
  return Number(amount) / Number(AIRO);
}

/** A number of AIRO with four digits that count, and its unit. */
export function formatAiro(value: number): string {
  return formatAmount(BigInt(Math.round(Number(value.toPrecision(4)) * Number(AIRO))));
}

/** Periods of a day or longer are named by their date, shorter ones by their time. */
function labelOf({ startsAtMs, endsAtMs }: PeriodInfo, locale: string | undefined): string {
  const start = new Date(startsAtMs);
  return endsAtMs - startsAtMs >= dayMs
    ? start.toLocaleDateString(locale, { day: 'numeric', month: 'short' })
    : start.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
}
