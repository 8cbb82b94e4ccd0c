'use client';
/** One model of an owner, with what can be done with it. */
import Link from 'next/link';
import { useState, type ReactNode } from 'react';

import type { ModelCard } from '../../lib/cockpit/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import { Badge } from '../ui/badge.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { formatBytes, formatCount } from '../ui/format.ts';
import { Cluster } from '../ui/layout.tsx';
import { Amount } from '../ui/values.tsx';
import { PurgeDialog } from './purge-dialog.tsx';
import { RetireDialog } from './retire-dialog.tsx';
import { RoyaltyDialog } from './royalty-dialog.tsx';
import { totalsOf } from './royalties.ts';
import { SellDialog } from './sell-dialog.tsx';
import { TransferDialog } from './transfer-dialog.tsx';
import { UnsellDialog } from './unsell-dialog.tsx';
import styles from './owned-model.module.css';

type Open = 'royalty' | 'sell' | 'unsell' | 'transfer' | 'retire' | 'purge';

/** A row of the list of models. */
export function OwnedModel({ card }: { readonly card: ModelCard }) {
  const { model, providers, sale } = card;
  const { id, newest, royalty, retired } = model;
  const { royalties, delivered } = totalsOf([card]);
  const [open, setOpen] = useState<Open>();
  const dialog = { model, onClose: () => setOpen(undefined) };
  return (
    <li className={styles.model}>
      <div className={styles.head}>
        <h3 className={styles.name}>
          <Link href={`/model/?id=${id}`}>{newest.description.name}</Link>
        </h3>
        {retired && <Badge tone="warn">Retired</Badge>}
        {sale && <Badge tone="accent">For sale: {formatAmount(sale.price)}</Badge>}
        <p className={styles.about}>
          Model {id} · version {newest.version} · {formatBytes(newest.size)} · {newest.description.licence}
        </p>
      </div>
      <dl className={styles.numbers}>
        <Figure term="Royalty per inference">
          <Amount value={royalty} />
        </Figure>
        <Figure term="Earned">
          <Amount value={royalties} decimals={6} />
        </Figure>
        <Figure term="Delivered">{formatCount(delivered)}</Figure>
        <Figure term="Providers">{formatCount(providers)}</Figure>
      </dl>
      <div className={styles.actions}>
        <Cluster>
          {!retired && (
            <>
              <Button size="s" icon="pencil" onClick={() => setOpen('royalty')}>
                Change royalty
              </Button>
              <LinkButton size="s" icon="upload" href={`/own/register/?model=${id}`}>
                Publish version
              </LinkButton>
            </>
          )}
          <Button size="s" icon="agreement" onClick={() => setOpen('sell')}>
            {sale ? 'Change price' : 'Sell'}
          </Button>
          {sale && (
            <Button size="s" icon="close" onClick={() => setOpen('unsell')}>
              Take off sale
            </Button>
          )}
          <Button size="s" icon="transfer" onClick={() => setOpen('transfer')}>
            Transfer
          </Button>
          {retired ? (
            <Button size="s" kind="quiet" icon="trash" onClick={() => setOpen('purge')}>
              Remove
            </Button>
          ) : (
            <Button size="s" kind="quiet" icon="pause" onClick={() => setOpen('retire')}>
              Retire
            </Button>
          )}
        </Cluster>
      </div>
      {open === 'royalty' && <RoyaltyDialog {...dialog} />}
      {open === 'sell' && <SellDialog {...dialog} sale={sale} />}
      {open === 'unsell' && sale && <UnsellDialog {...dialog} sale={sale} />}
      {open === 'transfer' && <TransferDialog {...dialog} />}
      {open === 'retire' && <RetireDialog {...dialog} />}
      {open === 'purge' && <PurgeDialog {...dialog} />}
    </li>
  );
}

function Figure({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
