'use client';
/** The key of this browser: its bounds, its money, and its end. */
import { useState } from 'react';

import { valueOf } from '../../lib/cockpit/loaded.ts';
import type { OperatorInfo } from '../../lib/cockpit/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { formatCount, plural } from '../ui/format.ts';
import { Cluster, Facts, Section } from '../ui/layout.tsx';
import { SkeletonLines } from '../ui/placeholder.tsx';
import { Address, Amount } from '../ui/values.tsx';
import { BoundsDialog } from './bounds-dialog.tsx';
import { KeyNote } from './key-note.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { TopUpDialog } from './top-up-dialog.tsx';
import { useCurrentSetup } from './use-current-setup.ts';

type Open = 'topUp' | 'bounds' | 'revoke';

interface KeySectionProps {
  /** `null` while the chain has not said how it stands. */
  readonly operator: OperatorInfo | null;
}

export function KeySection({ operator }: KeySectionProps) {
  const { market } = useCockpit();
  const rules = valueOf(useQuery(market.rules()));
  const current = useCurrentSetup();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  if (operator === null) {
    return (
      <Section title="The key of this browser">
        <SkeletonLines label="How the key stands ..." />
      </Section>
    );
  }
  return (
    <Section title="The key of this browser">
      <Facts facts={factsOf(operator)} />
      <Cluster>
        <Button size="s" icon="plus" onClick={() => setOpen('topUp')}>
          Top up
        </Button>
        <Button
          size="s"
          icon="pencil"
          disabled={current === undefined || rules === undefined}
          onClick={() => setOpen('bounds')}
        >
          Change bounds
        </Button>
        <Button size="s" kind="quiet" icon="lock" onClick={() => setOpen('revoke')}>
          Revoke
        </Button>
      </Cluster>
      <Disclosure summary="What this key is">
        <KeyNote />
      </Disclosure>
      {open === 'topUp' && <TopUpDialog operator={operator} onClose={close} />}
      {open === 'bounds' && current !== undefined && rules !== undefined && (
        <BoundsDialog current={current} rules={rules} onClose={close} />
      )}
      {open === 'revoke' && <RevokeDialog operator={operator} onClose={close} />}
    </Section>
  );
}

function factsOf({ address, bounds, free, transactionsLeft }: OperatorInfo) {
  return [
    { term: 'Address', value: <Address address={address} /> },
    {
      term: 'For fees',
      value: <Amount value={free} decimals={4} />,
      note: `enough for about ${plural(transactionsLeft, 'transaction')}`,
    },
    ...(bounds === null
      ? []
      : [
          {
            term: 'Bids at least',
            value: <Amount value={bounds.floorPrice} decimals={6} />,
            note: 'the chain refuses less',
          },
          { term: 'Open at most', value: formatCount(bounds.maxOpen), note: 'bids and agreements' },
        ]),
  ];
}
