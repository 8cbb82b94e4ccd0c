'use client';
/** What a model is for sale for, and the way to buy it. */
import { useState } from 'react';

import type { CockpitAccount, ModelDetail } from '../../lib/cockpit/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Sale } from '../../lib/market/types.ts';
import { AccountDialog } from '../account/account-dialog.tsx';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Address } from '../ui/values.tsx';
import { BuyModelDialog } from './buy-model-dialog.tsx';
import { isFor } from './sale.ts';

/** Nothing while the model is not for sale. */
export function ModelSale({ detail }: { readonly detail: ModelDetail }) {
  const { sale } = detail;
  const { accounts } = useCockpit();
  const chosen = useObservable(accounts.chosen);
  const [isChoosing, setChoosing] = useState(false);
  // It stays open when the model is bought by somebody else, to say so.
  const [buying, setBuying] = useState<{ readonly price: bigint; readonly buyer: CockpitAccount } | null>(null);
  return (
    <>
      {sale && (
        <Offer
          detail={detail}
          sale={sale}
          chosen={chosen}
          onBuy={(buyer) => setBuying({ price: sale.price, buyer })}
          onChoose={() => setChoosing(true)}
        />
      )}
      <AccountDialog open={isChoosing} onClose={() => setChoosing(false)} />
      {buying && <BuyModelDialog {...buying} detail={detail} onClose={() => setBuying(null)} />}
    </>
  );
}

interface OfferProps {
  readonly detail: ModelDetail;
  readonly sale: Sale;
  readonly chosen: CockpitAccount | null;
  readonly onBuy: (buyer: CockpitAccount) => void;
  readonly onChoose: () => void;
}

function Offer({ detail: { model }, sale, chosen, onBuy, onChoose }: OfferProps) {
  const price = formatAmount(sale.price);
  const reserved = sale.reservedFor && (
    <p>
      It is reserved for <Address address={sale.reservedFor} />
    </p>
  );
  if (chosen !== null && chosen.address === model.owner) {
    return (
      <Notice
        title={`You sell this model for ${price}`}
        actions={
          <LinkButton size="s" href="/own/">
            Change that
          </LinkButton>
        }
      >
        <p>It is yours, and earns for you, until somebody pays the price.</p>
        {reserved}
      </Notice>
    );
  }
  const mayBuy = chosen === null || isFor(sale, chosen.address);
  return (
    <Notice
      title={`This model is for sale: ${price}`}
      actions={
        mayBuy ? (
          <Button size="s" icon="agreement" onClick={() => (chosen === null ? onChoose() : onBuy(chosen))}>
            {chosen === null ? 'Choose an account to buy the model' : 'Buy the model'}
          </Button>
        ) : undefined
      }
    >
      <p>Whoever buys it owns its NFT and gets every royalty from then on. To use the model nobody needs to own it.</p>
      {reserved}
    </Notice>
  );
}
