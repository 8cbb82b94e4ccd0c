'use client';
/** Times at which the tab slept or was slowed down. */
import type { ProvidingStatus } from '../../lib/cockpit/types.ts';
import { formatDuration } from '../ui/format.ts';
import { Muted, Section } from '../ui/layout.tsx';
import { Timeline } from '../ui/timeline.tsx';
import { Time } from '../ui/values.tsx';

export function Interruptions({ interruptions }: Pick<ProvidingStatus, 'interruptions'>) {
  return (
    <Section title="Interruptions">
      {interruptions.length === 0 ? (
        <Muted>None in this visit. When the browser slows this tab down or the device sleeps, it stands here.</Muted>
      ) : (
        <Timeline
          label="Interruptions"
          items={interruptions.map(({ atMs, lastedMs, message }) => ({
            key: String(atMs),
            title: `For ${formatDuration(lastedMs)}`,
            time: <Time ms={atMs} />,
            detail: message,
            tone: 'warn',
          }))}
        />
      )}
    </Section>
  );
}
