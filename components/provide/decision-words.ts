/** Decisions about orders, in words. */
import type { Decision } from '../../lib/provider/ports.ts';
import type { Tone } from '../ui/badge.tsx';

export type DecisionFilter = 'all' | 'bids' | 'declined';

export const decisionFilters: readonly { readonly value: DecisionFilter; readonly label: string }[] = [
  { value: 'all', label: 'All decisions' },
  { value: 'bids', label: 'Bids' },
  { value: 'declined', label: 'Not bid on' },
];

/** Those of a kind, in their order. A bid that stands belongs to the bids. */
export function filterDecisions(decisions: readonly Decision[], filter: DecisionFilter): readonly Decision[] {
  if (filter === 'all') return decisions;
  return decisions.filter(({ action }) => (action === 'decline') === (filter === 'declined'));
}

/** What was decided, in a word or two. */
export function actionWords({ action, result }: Pick<Decision, 'action' | 'result'>): {
  readonly text: string;
  readonly tone: Tone;
} {
  if (result === 'failed') return { text: action === 'improve' ? 'Lower bid failed' : 'Bid failed', tone: 'bad' };
  switch (action) {
    case 'bid':
      return { text: result === 'pending' ? 'Bidding' : 'Bid', tone: 'accent' };
    case 'improve':
      return { text: result === 'pending' ? 'Bidding lower' : 'Bid lower', tone: 'accent' };
    case 'hold':
      return { text: 'Bid stands', tone: 'neutral' };
    case 'decline':
      return { text: 'Not bid on', tone: 'neutral' };
  }
}

/** How the decisions about one order are counted: the newest one about each. */
export function tallyOf(decisions: readonly Decision[]): { readonly orders: number; readonly bidOn: number } {
  const about = new Map<number, boolean>();
  for (const { order, action, result } of decisions) {
    const isBid = action !== 'decline' && result !== 'failed';
    about.set(order, (about.get(order) ?? false) || isBid);
  }
  return { orders: about.size, bidOn: [...about.values()].filter(Boolean).length };
}
