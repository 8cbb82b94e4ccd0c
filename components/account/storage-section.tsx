'use client';
/** Where the keys and the history are kept. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Muted, Section } from '../ui/layout.tsx';
import type { StorageStatus } from '../../lib/cockpit/types.ts';

const words: Readonly<
  Record<StorageStatus['state'], { readonly badge: string; readonly tone: Tone; readonly text: string }>
> = {
  opening: { badge: 'Opening', tone: 'neutral', text: 'The browser’s database is being opened.' },
  persistent: {
    badge: 'Kept',
    tone: 'good',
    text: 'Keys, history and what the light client knows are in this browser’s database, for this page’s address only.',
  },
  memory: {
    badge: 'Memory only',
    tone: 'warn',
    text: 'Everything is lost with this tab. Export a backup before you close it.',
  },
};

/** Says whether what is done here outlives the tab. */
export function StorageSection() {
  const { state } = useObservable(useCockpit().storage);
  const { badge, tone, text } = words[state];
  return (
    <Section title="Storage" aside={<Badge tone={tone}>{badge}</Badge>}>
      <Muted>{text}</Muted>
    </Section>
  );
}
