'use client';
/** What sending will cost once the chosen bids are accepted. */
import { useEffect, useState } from 'react';

import type { SendingPlan } from '../../lib/cockpit/types.ts';
import type { Address } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';

/** The plan for these providers; `undefined` until it is known, and where it cannot be. */
export function useSendingPlan(order: number, chosen: readonly Address[]): SendingPlan | undefined {
  const { purchases } = useCockpit();
  const [known, setKnown] = useState<{ readonly of: string; readonly plan: SendingPlan }>();
  const providers = chosen.join(' ');
  useEffect(() => {
    if (providers === '') return;
    let isWanted = true;
    purchases.plan(order, providers.split(' ')).then(
      (plan) => {
        if (isWanted) setKnown({ of: providers, plan });
      },
      // Accepting asks again, and says what is wrong.
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [purchases, order, providers]);
  return known?.of === providers ? known.plan : undefined;
}
