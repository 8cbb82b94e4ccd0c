/** The life of an agreement, as far as the state still tells it. */
import type { Agreement, Request } from '../../market/types.ts';
import type { TimelineEntry } from '../types.ts';

const endings = {
  expired: 'Its time was over',
  completed: 'All inferences were used',
  byConsumer: 'The consumer ended it',
  abandoned: 'The provider abandoned it',
} as const;

type Kind = TimelineEntry['kind'];

/** What happened in an agreement, oldest first; things of one kind in one block are one entry. */
export function timelineOf(
  agreement: Agreement,
  requests: readonly Request[],
  bestBlock: number,
  timeOf: (block: number) => number,
): readonly TimelineEntry[] {
  const entry = (kind: Kind, block: number, text: string): TimelineEntry => ({
    ...{ kind, block, text },
    atMs: timeOf(block),
    isFuture: block > bestBlock,
  });
  const counts = new Map<string, { kind: Kind; block: number; count: number }>();
  const count = (kind: Kind, block: number) => {
    const key = `${kind} ${block}`;
    const known = counts.get(key) ?? { kind, block, count: 0 };
    counts.set(key, { ...known, count: known.count + 1 });
  };
  for (const { requestedAt, outcome } of requests) {
    count('requested', requestedAt);
    if (outcome.state === 'answered' || outcome.state === 'settled') count('answered', outcome.at);
    else if (outcome.state === 'failed') count('failed', outcome.at);
    else if (outcome.state === 'missed') count('missed', requestedAt + agreement.responseDeadline);
  }
  const entries = [
    entry('opened', agreement.openedAt, `The agreement opened for ${inferences(agreement.quota)}`),
    ...[...counts.values()].map(({ kind, block, count: many }) => entry(kind, block, textOf(kind, many))),
    agreement.state.kind === 'ended'
      ? entry('ended', agreement.state.at, `${endings[agreement.state.how]}; what was not delivered is refunded`)
      : entry('ends', agreement.endsAt, 'The agreement ends at the latest; what was not delivered is refunded'),
  ];
  return entries.sort((a, b) => a.block - b.block || order.indexOf(a.kind) - order.indexOf(b.kind));
}

const order: readonly Kind[] = ['opened', 'requested', 'answered', 'failed', 'missed', 'ends', 'ended'];

function textOf(kind: Kind, many: number): string {
  switch (kind) {
    case 'requested':
      return `${inferences(many)} requested`;
    case 'answered':
      return `${inferences(many)} answered and paid`;
    case 'failed':
      return `${inferences(many)} answered with an error and refunded`;
    default:
      return `${inferences(many)} not answered in time and refunded`;
  }
}

const inferences = (many: number) => `${many} inference${many === 1 ? '' : 's'}`;
