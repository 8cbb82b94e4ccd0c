/** What accepting the chosen bids means, and why they are recommended. */
import type { BidInfo, OrderDetail, SendingPlan } from '../../lib/cockpit/types.ts';
import type { Address } from '../../lib/market/types.ts';
import { Figure } from '../market/figure.tsx';
import type { Action } from '../use-action.ts';
import { Button } from '../ui/button.tsx';
import { formatPercent, plural } from '../ui/format.ts';
import { Facts, type Fact } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { Amount } from '../ui/values.tsx';
import styles from './buy.module.css';
import { useSendingPlan } from './use-sending-plan.ts';

interface AcceptPanelProps {
  readonly detail: OrderDetail;
  readonly chosen: readonly Address[];
  readonly accept: Action<readonly []>;
}

export function AcceptPanel({ detail: { order, bids, phase }, chosen, accept }: AcceptPanelProps) {
  const plan = useSendingPlan(order.id, chosen);
  const taken = bids.filter(({ provider }) => chosen.includes(provider));
  const total = taken.reduce((sum, { price }) => sum + price * BigInt(order.inferences), 0n);
  const names = taken.map(({ profile }) => profile?.name ?? 'this provider').join(', ');
  return (
    <Panel title={taken.length === 1 ? 'Accept this bid' : `Accept ${plural(taken.length, 'bid')}`} accent>
      <Figure
        label="Goes into escrow"
        value={total}
        note={`${plural(order.inferences, 'inference')}, ${names === '' ? 'nobody chosen' : names}`}
      />
      <Button
        kind="primary"
        wide
        icon="check"
        busy={accept.isBusy}
        disabled={!accept.isBusy && (taken.length === 0 || phase === 'over')}
        onClick={accept.run}
      >
        {accept.isBusy
          ? 'Accepting ...'
          : taken.length === 1
            ? `Accept ${names}`
            : `Accept ${plural(taken.length, 'bid')}`}
      </Button>
      <ProblemNotice
        title={accept.problem?.name === 'Cancelled' ? 'You did not sign: nothing was accepted' : 'Nothing was accepted'}
        problem={accept.problem}
      />
      {order.providers > 1 && (
        <p className={styles.small}>
          The order wants up to {plural(order.providers, 'provider')}; accepting fewer is possible, and ends the order.
        </p>
      )}
      <Facts
        facts={[
          {
            term: 'Released now',
            value: <Amount value={order.held - total} />,
            note: 'what the order holds beyond that',
          },
          ...(plan === undefined ? [] : [sendingFact(plan)]),
          ...taken.slice(0, 1).map((bid) => ({
            term: bid.rank === 1 ? 'Recommended' : 'Your choice',
            value: <Reasons bid={bid} />,
            note:
              bid.rank === 1 ? 'the lowest price for what is probably delivered' : `rank ${bid.rank} of ${bids.length}`,
          })),
        ]}
      />
    </Panel>
  );
}

function sendingFact({ sender, topUp }: SendingPlan): Fact {
  const term = 'Fees of sending';
  if (sender === null) return { term, value: 'as you send', note: 'your wallet is asked each time' };
  const note = 'for this browser’s key, which signs what you send; your wallet is not asked';
  return { term, value: topUp === 0n ? 'paid already' : <Amount value={topUp} />, note };
}

function Reasons({ bid: { reasons, reliability } }: { readonly bid: BidInfo }) {
  return (
    <ul>
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
      <li>{formatPercent(reliability)} expected to be delivered</li>
    </ul>
  );
}
