'use client';
/** What of the account on the market keeps every bid from being taken. */
import { useState } from 'react';

import { valueOf } from '../../lib/cockpit/loaded.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { BoundsDialog } from './bounds-dialog.tsx';
import { useCurrentSetup } from './use-current-setup.ts';

/** Nothing while the stake is enough. */
export function StakeNotice({ provider }: { readonly provider: string }) {
  const { market } = useCockpit();
  const rules = valueOf(useQuery(market.rules()));
  const known = valueOf(useQuery(market.provider(provider)))?.provider;
  const current = useCurrentSetup();
  const [isRaising, setRaising] = useState(false);
  if (rules === undefined || known === undefined || known.stake >= rules.minStake) return null;
  return (
    <Notice
      tone="warning"
      title="The stake is too low: no bid is taken"
      actions={
        <Button size="s" icon="plus" disabled={current === undefined} onClick={() => setRaising(true)}>
          Add to the stake
        </Button>
      }
    >
      A penalty was taken from it. It is {formatAmount(known.stake)} now, and the market asks for{' '}
      {formatAmount(rules.minStake)} at least.
      {isRaising && current !== undefined && (
        <BoundsDialog current={current} rules={rules} onClose={() => setRaising(false)} />
      )}
    </Notice>
  );
}
