'use client';
/** What a strategy would have done with the last orders. */
import { useState } from 'react';

import type { DryRun, ProvidingSettings } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import { Cluster, Muted } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { SkeletonLines } from '../ui/placeholder.tsx';
import { Amount } from '../ui/values.tsx';
import { dryRunSentence, outcomeOf } from './dry-run-words.ts';
import { readyModels } from './offers.ts';
import { settingsKey } from './strategy-fields.ts';
import { useLatest } from './use-latest.ts';
import styles from './provide.module.css';

interface DryRunViewProps {
  /** As the form has them, saved or not; `undefined` while a field is wrong. */
  readonly settings: ProvidingSettings | undefined;
}

/** It is asked anew while somebody types. */
export function DryRunView({ settings }: DryRunViewProps) {
  const { providing } = useCockpit();
  const ready = readyModels(useObservable(providing.models));
  const key = settings === undefined || ready.length === 0 ? null : `${ready.join()} ${settingsKey(settings)}`;
  const { value, problem, isAsking, askAgain } = useLatest(key, async (signal) => {
    if (settings === undefined) throw new Error('The form is not complete.');
    return providing.dryRun(settings, { signal });
  });
  return (
    <div className={styles.dryRun}>
      <div className={styles.dryRunHead}>
        <h3>With this price</h3>
        {key !== null && (
          <Button size="s" kind="quiet" icon="refresh" busy={isAsking} onClick={askAgain}>
            Look again
          </Button>
        )}
      </div>
      {ready.length === 0 ? (
        <Muted>Once a model is here, this tells what the price would have brought with the last orders.</Muted>
      ) : (
        <>
          <ProblemNotice title="The last orders cannot be looked at now" problem={problem} onRetry={askAgain} />
          {value === undefined && isAsking && <SkeletonLines lines={2} label="The last orders ..." />}
          {value !== undefined && <Result run={value} isStale={isAsking || settings === undefined} />}
        </>
      )}
    </div>
  );
}

/** So many rows are shown before one asks for more. */
const step = 8;

function Result({ run, isStale }: { readonly run: DryRun; readonly isStale: boolean }) {
  const [shown, setShown] = useState(step);
  return (
    <div className={styles.result} data-stale={isStale} aria-busy={isStale}>
      <p className={styles.sentence} role="status">
        {dryRunSentence(run)}
      </p>
      {run.rows.length > 0 && (
        <ul className={styles.log} aria-label="The last orders">
          {run.rows.slice(0, shown).map((row) => (
            <Row key={row.order} row={row} />
          ))}
        </ul>
      )}
      {run.rows.length > shown && (
        <Cluster>
          <Button size="s" onClick={() => setShown(run.rows.length)}>
            Show all {run.rows.length}
          </Button>
        </Cluster>
      )}
    </div>
  );
}

const outcomes: Readonly<Record<ReturnType<typeof outcomeOf>, readonly [text: string, tone: Tone]>> = {
  won: ['Won', 'good'],
  lost: ['Lost', 'neutral'],
  declined: ['No bid', 'neutral'],
};

function Row({ row }: { readonly row: DryRun['rows'][number] }) {
  const { order, inferences, paid, decision } = row;
  const [text, tone] = outcomes[outcomeOf(row)];
  return (
    <li>
      <details className={styles.entry}>
        <summary className={styles.entrySummary}>
          <Icon name="right" size={14} className={styles.entrySign} />
          <span>
            <Badge tone={tone}>{text}</Badge>
          </span>
          <span className={styles.entryTitle}>
            Order {order}{' '}
            <span className={styles.aside}>
              {plural(inferences, 'inference')} of model {row.model}
            </span>
          </span>
          <span className={styles.entryEnd}>
            {decision.price !== null && (
              <>
                <Amount value={decision.price} decimals={6} /> <Muted>against</Muted>{' '}
              </>
            )}
            <Amount value={paid} decimals={6} />
          </span>
        </summary>
        <p className={styles.entryBody}>
          {decision.reason} <code>{decision.rule}</code>
        </p>
      </details>
    </li>
  );
}
