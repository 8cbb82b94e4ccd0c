'use client';
/** What an order would mean in money and time, while it is written. */
import { useState } from 'react';

import type { CockpitAccount, Problem } from '../../lib/cockpit/types.ts';
import { AccountDialog } from '../account/account-dialog.tsx';
import { FaucetButton } from '../account/faucet-button.tsx';
import { Figure } from '../market/figure.tsx';
import { Button } from '../ui/button.tsx';
import { formatDuration, plural } from '../ui/format.ts';
import { Facts, type Fact } from '../ui/layout.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { Address, Amount } from '../ui/values.tsx';
import type { Outlook } from './wish.ts';

interface OrderCostProps {
  /** `undefined` while a field is wrong. */
  readonly outlook: Outlook | undefined;
  /** What the account can spend; `undefined` while that is not known. */
  readonly free: bigint | undefined;
  readonly account: CockpitAccount | null;
  readonly isBusy: boolean;
  readonly problem: Problem | null;
}

export function OrderCost({ outlook, free, account, isBusy, problem }: OrderCostProps) {
  const isPossible = outlook?.isPossible === true;
  return (
    <Panel title="What it means" accent>
      {outlook === undefined ? (
        <p>As soon as all fields are right, you see here what is held, and what it can cost at most.</p>
      ) : (
        <Figure label="Held now, and the most it can cost" value={outlook.summary.held} note={sumOf(outlook)} />
      )}
      {outlook?.isPossible === false && (
        <Notice
          tone="error"
          title="This cannot be ordered"
          actions={
            account !== null &&
            free !== undefined &&
            free < outlook.summary.held && <FaucetButton to={account.address} />
          }
        >
          {outlook.reason}
        </Notice>
      )}
      {account === null ? (
        <ChooseAccount />
      ) : (
        <Button
          type="submit"
          kind="primary"
          wide
          busy={isBusy}
          disabled={!isBusy && outlook !== undefined && !isPossible}
        >
          {isBusy ? 'Placing the order ...' : 'Place the order'}
        </Button>
      )}
      <ProblemNotice
        title={problem?.name === 'Cancelled' ? 'You did not sign: nothing was ordered' : 'The order was not placed'}
        problem={problem}
      />
      {outlook !== undefined && <Facts facts={factsOf(outlook, free, account)} />}
    </Panel>
  );
}

function ChooseAccount() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button kind="primary" wide icon="account" onClick={() => setOpen(true)}>
        Choose an account to order
      </Button>
      <AccountDialog open={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}

function sumOf({ terms: { providers, inferences, maxPrice } }: Outlook) {
  return (
    <>
      {providers > 1 && `${plural(providers, 'provider')} × `}
      {plural(inferences, 'inference')} × <Amount value={maxPrice} />. You pay the accepted bid’s price, answer by
      answer.
    </>
  );
}

function factsOf({ summary }: Outlook, free: bigint | undefined, account: CockpitAccount | null): readonly Fact[] {
  return [
    ...(account === null
      ? []
      : [
          {
            term: 'Signed by',
            value: <Address address={account.address} name={account.name} copyable={false} />,
            note: account.kind === 'wallet' ? 'your wallet shows the call first' : 'a well-known account of this chain',
          },
        ]),
    { term: 'Bids for', value: formatDuration(summary.biddingMs) },
    { term: 'Accept within', value: formatDuration(summary.acceptWithinMs), note: 'or everything is released' },
    { term: 'Lasts at most', value: formatDuration(summary.lifetimeMs) },
    ...(free === undefined
      ? []
      : [
          {
            term: 'Your balance',
            value: <Amount value={free} decimals={4} />,
            note:
              free >= summary.held ? (
                <>
                  <Amount value={free - summary.held} decimals={4} /> stay free; a small deposit and the fee go off that
                </>
              ) : (
                <>
                  <Amount value={summary.held - free} decimals={4} /> are missing
                </>
              ),
          },
        ]),
  ];
}
