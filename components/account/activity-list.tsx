'use client';
/** What an account did and what happened to it. */
import Link from 'next/link';
import { useState } from 'react';

import type { ActivityEntry } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Muted, Stack } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { Timeline } from '../ui/timeline.tsx';
import { Time } from '../ui/values.tsx';

const atFirst = 8;

/** An account's activity, newest first, as far as the chain's state still says so. */
export function ActivityList({ address }: { readonly address: string }) {
  const { market } = useCockpit();
  const activity = useQuery(market.activity(address));
  return (
    <Shown of={activity} what="The activity">
      {(entries) => <Entries entries={entries} isLive={activity.state === 'live'} />}
    </Shown>
  );
}

function Entries({ entries, isLive }: { readonly entries: readonly ActivityEntry[]; readonly isLive: boolean }) {
  const { chain } = useCockpit();
  const finalized = useObservable(chain).finalized?.number ?? 0;
  const [shown, setShown] = useState(atFirst);
  if (entries.length === 0)
    return <Muted>Nothing yet. Orders, agreements and models of this account will stand here.</Muted>;
  return (
    <Stack gap={4}>
      <Timeline
        label="Activity"
        items={entries.slice(0, shown).map(({ key, block, atMs, text, href }) => ({
          key,
          title: href === null ? text : <Link href={href}>{text}</Link>,
          time: <Time ms={atMs} />,
          // What is final needs no mark here: only what may still be undone has one.
          ...(isLive ? (block > finalized ? { truth: 'pending' as const } : {}) : { truth: 'cached' as const }),
        }))}
      />
      {entries.length > shown && (
        <div>
          <Button size="s" icon="down" onClick={() => setShown(shown + 20)}>
            Show more
          </Button>
        </div>
      )}
    </Stack>
  );
}
