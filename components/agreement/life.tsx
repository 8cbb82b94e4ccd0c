'use client';
/** The life of an agreement. */
import type { AgreementDetail, TimelineEntry } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Section } from '../ui/layout.tsx';
import { Timeline, type TimelineItem } from '../ui/timeline.tsx';
import { Time } from '../ui/values.tsx';
import { condense } from './condense.ts';

const tones: Readonly<Partial<Record<TimelineEntry['kind'], NonNullable<TimelineItem['tone']>>>> = {
  answered: 'good',
  failed: 'bad',
  missed: 'bad',
};

export function Life({ detail: { timeline } }: { readonly detail: AgreementDetail }) {
  const { chain } = useCockpit();
  const finalized = useObservable(chain).finalized?.number ?? null;
  const items = condense(timeline).map(({ kind, block, lastBlock, atMs, text, isFuture, count }): TimelineItem => {
    const tone = count === 1 ? tones[kind] : undefined;
    const isPending = !isFuture && finalized !== null && lastBlock > finalized;
    return {
      key: `${kind} ${block}`,
      title: text,
      time: <Time ms={atMs} />,
      detail: `block ${block}`,
      isFuture,
      ...(tone === undefined ? {} : { tone }),
      ...(isPending ? { truth: 'pending' } : {}),
    };
  });
  return (
    <Section title="Timeline">
      <Timeline label="The life of this agreement" items={items} />
    </Section>
  );
}
