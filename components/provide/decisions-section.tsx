'use client';
/** What was decided about each order, and why. */
import { useState } from 'react';

import type { Decision } from '../../lib/provider/ports.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/inputs.tsx';
import { Muted, Section } from '../ui/layout.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { Amount, Time } from '../ui/values.tsx';
import { actionWords, decisionFilters, filterDecisions, tallyOf, type DecisionFilter } from './decision-words.ts';
import styles from './provide.module.css';

/** So many are shown before one asks for more. */
const step = 10;

export function DecisionsSection() {
  const decisions = useObservable(useCockpit().providing.decisions);
  const [filter, setFilter] = useState<DecisionFilter>('all');
  const [shown, setShown] = useState(step);
  const found = filterDecisions(decisions, filter);
  const { orders, bidOn } = tallyOf(decisions);
  return (
    <Section
      title="Decisions"
      aside={
        decisions.length > 0 && (
          <>
            <span>
              Bid on {bidOn} of {orders} {orders === 1 ? 'order' : 'orders'}
            </span>
            <div className={styles.filter}>
              <Select label="Which decisions" value={filter} onValue={setFilter} options={decisionFilters} />
            </div>
          </>
        )
      }
    >
      {decisions.length === 0 ? (
        <EmptyState icon="agreement" title="Nothing was decided yet">
          Every order for one of your models stands here with what this browser did, at which price, and why.
        </EmptyState>
      ) : (
        <ul className={styles.log} aria-label="Decisions">
          {found.slice(0, shown).map((decision) => (
            <Entry key={`${decision.order} ${decision.at}`} decision={decision} />
          ))}
        </ul>
      )}
      {decisions.length > 0 && found.length === 0 && <Muted>None of this kind.</Muted>}
      {found.length > shown && (
        <div>
          <Button size="s" onClick={() => setShown(shown + step)}>
            Show {Math.min(step, found.length - shown)} more
          </Button>
        </div>
      )}
    </Section>
  );
}

function Entry({ decision }: { readonly decision: Decision }) {
  const { order, at, price, rule, reason, error } = decision;
  const { text, tone } = actionWords(decision);
  return (
    <li className={styles.decision}>
      <div className={styles.requestHead}>
        <h3 className={styles.requestTitle}>Order {order}</h3>
        <Badge tone={tone}>{text}</Badge>
        {price !== null && <Amount value={price} decimals={6} />}
        <span className={styles.requestEnd}>
          <Time ms={at} />
        </span>
      </div>
      <p className={styles.small}>
        {reason} <code>{rule}</code>
      </p>
      {error !== null && <p className={styles.failure}>{error}</p>}
    </li>
  );
}
