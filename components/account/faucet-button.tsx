'use client';
/** Money for trying things out, on a development chain. */
import { useState } from 'react';

import { AIRO, formatAmount } from '../../lib/market/amounts.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { ProblemNotice } from '../ui/notice.tsx';

const amount = 100n * AIRO;

/** Gives an account 100 AIRO of a well-known one; nothing on any other chain. */
export function FaucetButton({ to }: { readonly to: string }) {
  const { accounts, network } = useCockpit();
  const isDevelopment = useObservable(network)?.isDevelopment ?? false;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  if (!isDevelopment) return null;
  const fill = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await accounts.faucet(to, amount);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button icon="gift" size="s" busy={isBusy} onClick={() => void fill()}>
        Get {formatAmount(amount)}
      </Button>
      <ProblemNotice title="The faucet gave nothing" problem={problem} />
    </>
  );
}
