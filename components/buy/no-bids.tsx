'use client';
/** Nobody has bid: why that may be, and what to do. */
import type { OrderDetail } from '../../lib/cockpit/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { LinkButton } from '../ui/button.tsx';
import { Cluster, Section } from '../ui/layout.tsx';
import { Status } from '../ui/badge.tsx';
import { whyNoBids } from './why-no-bids.ts';
import styles from './buy.module.css';

/** Providers need about this many blocks to see an order and to bid. */
const patience = 3;

export function NoBids({ detail: { order, phase, phaseEndsInBlocks } }: { readonly detail: OrderDetail }) {
  const { market } = useCockpit();
  const model = useQuery(market.model(order.model));
  const rules = useQuery(market.rules());
  const isEarly = phase === 'bidding' && order.biddingPeriod - phaseEndsInBlocks < patience;
  const knownModel = 'value' in model ? model.value : null;
  const knownRules = 'value' in rules ? rules.value : undefined;
  const reasons = knownModel && knownRules ? whyNoBids(order, knownModel, knownRules) : [];
  if (isEarly) {
    return (
      <Section title="Bids" aside={<Status state="live">Waiting</Status>}>
        <p className={styles.waiting} role="status">
          Providers look at your order. The first bids come within a block or two.
        </p>
      </Section>
    );
  }
  return (
    <Section title="No bids so far" aside={phase === 'bidding' && <Status state="live">Waiting</Status>}>
      <ul className={styles.reasons} aria-live="polite">
        {reasons.map(({ why, todo }) => (
          <li key={why}>
            <p className={styles.why}>{why}</p>
            <p>{todo}</p>
          </li>
        ))}
      </ul>
      <Cluster>
        <LinkButton size="s" href={`/model/?id=${order.model}`}>
          See its providers
        </LinkButton>
        <LinkButton size="s" href={`/buy/?model=${order.model}`}>
          Order with other terms
        </LinkButton>
      </Cluster>
    </Section>
  );
}
