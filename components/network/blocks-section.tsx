'use client';
/** Blocks as they come, with what happened in them. */
import Link from 'next/link';
import { useState } from 'react';

import type { SeenBlock } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Status } from '../ui/badge.tsx';
import { formatCount } from '../ui/format.ts';
import { Switch } from '../ui/inputs.tsx';
import { Muted, Section } from '../ui/layout.tsx';
import { SkeletonLines } from '../ui/placeholder.tsx';
import { ContentId, Time } from '../ui/values.tsx';
import { BlockStrip } from './block-strip.tsx';
import { eventText } from './event-text.ts';
import styles from './blocks-section.module.css';

const shown = 12;

/** The newest blocks; with a switch to see those alone in which something happened on the market. */
export function BlocksSection() {
  const blocks = useObservable(useCockpit().blocks);
  const [onlyEvents, setOnlyEvents] = useState(false);
  const listed = blocks.filter(({ events }) => !onlyEvents || (events?.length ?? 0) > 0).slice(0, shown);
  return (
    <Section
      title="Blocks"
      aside={<Switch label="Only with market events" checked={onlyEvents} onChecked={setOnlyEvents} />}
    >
      <Muted>
        Every two seconds or so the chain makes a block. It is pending until more than two thirds of the validators have
        finalized it.
      </Muted>
      {blocks.length === 0 ? (
        <SkeletonLines lines={4} label="Waiting for the first block ..." />
      ) : (
        <>
          <BlockStrip blocks={blocks} />
          <ol className={styles.blocks} aria-label="Newest blocks">
            {listed.map((block) => (
              <BlockRow key={block.hash} block={block} />
            ))}
          </ol>
          {listed.length === 0 && <Muted>Nothing has happened on the market in the blocks seen here.</Muted>}
        </>
      )}
    </Section>
  );
}

function BlockRow({ block: { number, hash, isFinal, seenAtMs, events } }: { readonly block: SeenBlock }) {
  return (
    <li className={styles.block}>
      <span className={styles.number}>{formatCount(number)}</span>
      <span className={styles.state}>
        <Status state={isFinal ? 'final' : 'pending'} />
      </span>
      <div className={styles.events}>
        {events === null ? (
          <Muted>reading its events</Muted>
        ) : events.length === 0 ? (
          <Muted>no market events</Muted>
        ) : (
          <ul>
            {events.map((event, index) => {
              const { text, href } = eventText(event);
              return <li key={index}>{href === null ? text : <Link href={href}>{text}</Link>}</li>;
            })}
          </ul>
        )}
      </div>
      <span className={styles.hash}>
        <ContentId id={hash} what="block hash" />
      </span>
      <span className={styles.time}>
        <Time ms={seenAtMs} />
      </span>
    </li>
  );
}
