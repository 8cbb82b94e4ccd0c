'use client';
/** Buys a model: its NFT, with the royalties to come. */
import { useState } from 'react';

import { valueOf } from '../../lib/cockpit/loaded.ts';
import type { CockpitAccount, ModelDetail } from '../../lib/cockpit/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import { FaucetButton } from '../account/faucet-button.tsx';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { Consequences } from '../own/consequences.tsx';
import { Button } from '../ui/button.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Facts } from '../ui/layout.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { Address, Amount } from '../ui/values.tsx';
import { useAction } from '../use-action.ts';
import { standingOf } from './sale.ts';

interface BuyModelDialogProps {
  /** As it is now; it can change while the dialog is open. */
  readonly detail: ModelDetail;
  /** What it cost when the dialog was opened, in the smallest unit. */
  readonly price: bigint;
  readonly buyer: CockpitAccount;
  readonly onClose: () => void;
}

/** Says what is paid, to whom and for what, and signs. */
export function BuyModelDialog({ detail, price, buyer, onClose }: BuyModelDialogProps) {
  const { model, sale, royalties } = detail;
  const { owning, market } = useCockpit();
  const [agreed, setAgreed] = useState(price);
  const free = valueOf(useQuery(market.balance(buyer.address)))?.free;
  const { isBusy, problem, run } = useAction(async (atMost: bigint) => {
    await owning.buy(model.id, atMost);
    onClose();
  });
  const standing = standingOf(sale, buyer.address, agreed);
  const cost = standing.state === 'open' ? standing.price : agreed;
  // The fee comes on top of the price.
  const isShort = free !== undefined && free <= cost;
  return (
    <FormDialog
      title={`Buy ${model.newest.description.name}`}
      onClose={onClose}
      onSubmit={() => {
        if (standing.state === 'open' && !isShort) run(cost);
      }}
      submit={{
        icon: 'agreement',
        busy: isBusy,
        disabled: !isBusy && (standing.state !== 'open' || isShort),
        children: `Buy for ${formatAmount(cost)}`,
      }}
    >
      <ProblemNotice title="The model was not bought" problem={problem} />
      {!isBusy && standing.state === 'gone' && (
        <Notice tone="warning" title="It is not for sale any more">
          Nothing was paid. Its owner has taken it off sale, sold it or given it away.
        </Notice>
      )}
      {!isBusy && standing.state === 'raised' && (
        <Notice
          tone="warning"
          title={`The price was raised to ${formatAmount(standing.price)}`}
          actions={
            <Button size="s" onClick={() => setAgreed(standing.price)}>
              Go on at that price
            </Button>
          }
        >
          You have agreed to {formatAmount(agreed)}, and pay no more than that.
        </Notice>
      )}
      {!isBusy && isShort && (
        <Notice tone="error" title="This is more than you have" actions={<FaucetButton to={buyer.address} />}>
          Your balance is {formatAmount(free)}. It takes the price and a small fee.
        </Notice>
      )}
      <Facts
        facts={[
          { term: 'You pay', value: <Amount value={cost} />, note: 'once, and a small fee to the chain' },
          ...(model.owner === null ? [] : [{ term: 'To its owner', value: <Address address={model.owner} /> }]),
          {
            term: 'Signed by',
            value: <Address address={buyer.address} name={buyer.name} copyable={false} />,
            note: buyer.kind === 'wallet' ? 'your wallet shows the call first' : 'a well-known account of this chain',
          },
          {
            term: 'Royalty',
            value: <Amount value={model.royalty} />,
            note: (
              <>
                per inference; <Amount value={royalties} decimals={4} /> paid lately
              </>
            ),
          },
        ]}
      />
      <Consequences
        items={[
          {
            tone: 'good',
            text: 'The chain takes the price and gives you the NFT in one transaction, or does neither.',
          },
          { tone: 'good', text: 'From the next payment on every royalty is yours, in open agreements too.' },
          {
            tone: 'plain',
            text: 'You pay no deposit. Those for the model stay with whoever paid them, and go back there when it is removed.',
          },
          {
            tone: 'bad',
            text: 'Nobody can take it back. Until it is yours its owner can still change the royalty or retire the model.',
          },
          ...(model.retired
            ? [
                {
                  tone: 'bad' as const,
                  text: 'It is retired: it earns from agreements that are open, and never again.',
                },
              ]
            : []),
        ]}
      />
    </FormDialog>
  );
}
