'use client';
/** Changes what the chain holds the key of this browser to, the name, and the stake. */
import type { Rules } from '../../lib/market/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { announcedWith } from './offers.ts';
import { SetupFieldset } from './setup-fieldset.tsx';
import { suggestedStake, wishOf, type SetupValues } from './setup-fields.ts';
import { SignDialog } from './sign-dialog.tsx';
import { useSetupForm } from './use-setup-form.ts';

interface BoundsDialogProps {
  readonly current: SetupValues;
  readonly rules: Rules;
  readonly onClose: () => void;
}

export function BoundsDialog({ current, rules, onClose }: BoundsDialogProps) {
  const served = useObservable(useCockpit().providing.models);
  const form = useSetupForm({
    initial: { ...current, stake: suggestedStake(current.stake, rules) },
    rules,
    staked: current.stake,
  });
  return (
    <SignDialog
      title="Change name, stake and bounds"
      submit="Sign the change"
      failure="Nothing was changed"
      wish={form.values && wishOf(form.values, announcedWith(served, []))}
      check={form.check}
      onClose={onClose}
    >
      <SetupFieldset form={form} rules={rules} least={0n} />
    </SignDialog>
  );
}
