'use client';
/** What this browser works on, and what it did: agreements, and each request with its stages. */
import { useState } from 'react';

import type { Agreement } from '../../lib/market/types.ts';
import type { Execution } from '../../lib/provider/ports.ts';
import { stateText, underWay } from '../agreement/filters.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { formatDuration } from '../ui/format.ts';
import { Muted, Section } from '../ui/layout.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { Steps } from '../ui/timeline.tsx';
import { Amount, Time } from '../ui/values.tsx';
import { earnedBy } from './earnings.ts';
import { consequenceOf, isOver, lastMs, resultOf, stepsOf, totalMs } from './execution-steps.ts';
import styles from './provide.module.css';

/** So many requests are shown before one asks for more. */
const step = 10;

export function WorkSection() {
  const { providing } = useCockpit();
  const agreements = useObservable(providing.agreements);
  const executions = useObservable(providing.executions);
  const [shown, setShown] = useState(step);
  const current = executions.filter(({ stage }) => !isOver(stage));
  return (
    <Section title="Work" aside={current.length > 0 && <Badge tone="accent">{current.length} under way</Badge>}>
      {agreements.length === 0 && executions.length === 0 ? (
        <EmptyState icon="server" title="No work yet">
          When a consumer accepts one of your bids, the agreement appears here, and each request with its way through
          this browser: noticed, fetched, run, uploaded, answered.
        </EmptyState>
      ) : (
        <>
          {agreements.length > 0 && (
            <Table
              caption="Agreements of this browser"
              columns={columns}
              rows={agreements}
              rowKey={({ id }) => id}
              rowHref={({ id }) => `/agreement/?id=${id}`}
            />
          )}
          {executions.length > 0 && (
            <ul className={styles.log} aria-label="Requests">
              {executions.slice(0, shown).map((execution) => (
                <Request key={`${execution.agreement} ${execution.index}`} execution={execution} />
              ))}
            </ul>
          )}
          {executions.length > shown && (
            <div>
              <Button size="s" onClick={() => setShown(shown + step)}>
                Show {Math.min(step, executions.length - shown)} more
              </Button>
            </div>
          )}
        </>
      )}
    </Section>
  );
}

const columns: readonly Column<Agreement>[] = [
  {
    key: 'agreement',
    header: 'Agreement',
    isHead: true,
    cell: ({ id, model }) => (
      <>
        Agreement {id} <Muted>model {model}</Muted>
      </>
    ),
  },
  { key: 'price', header: 'Price', align: 'end', cell: ({ price }) => <Amount value={price} decimals={6} /> },
  {
    key: 'delivered',
    header: 'Delivered',
    align: 'end',
    cell: (agreement) => (
      <span>
        {agreement.counts.delivered} <Muted>of {agreement.quota}</Muted>
        {underWay(agreement) > 0 && <Muted>, {underWay(agreement)} under way</Muted>}
      </span>
    ),
  },
  {
    key: 'earned',
    header: 'Earned',
    align: 'end',
    cell: (agreement) => <Amount value={earnedBy(agreement)} decimals={6} />,
  },
  {
    key: 'state',
    header: 'State',
    cell: (agreement) => (
      <Badge tone={agreement.state.kind === 'active' ? 'good' : 'neutral'}>{stateText(agreement)}</Badge>
    ),
  },
];

function Request({ execution }: { readonly execution: Execution }) {
  const { agreement, index, stage, failure, reason } = execution;
  const { text, tone } = resultOf(execution);
  const ms = totalMs(execution);
  const consequence = consequenceOf(execution);
  const label = `Request ${index} of agreement ${agreement}`;
  const steps = <Steps label={`${label}: steps`} steps={stepsOf(execution)} compact />;
  return (
    <li className={styles.request}>
      <div className={styles.requestHead}>
        <h3 className={styles.requestTitle}>{label}</h3>
        <Badge tone={tone}>{text}</Badge>
        <span className={styles.requestEnd}>
          <Time ms={lastMs(execution)} />
        </span>
      </div>
      {stage === 'answered' && failure === null ? (
        <Disclosure summary={ms === null ? 'Answered' : `Answered ${formatDuration(ms)} after it was noticed`}>
          {steps}
        </Disclosure>
      ) : (
        <>
          {steps}
          {(reason !== null || failure !== null) && (
            <p className={styles.small}>
              {reason} {failure !== null && <code>{failure}</code>}
            </p>
          )}
          {consequence !== null && <p className={styles.small}>{consequence}</p>}
        </>
      )}
    </li>
  );
}
