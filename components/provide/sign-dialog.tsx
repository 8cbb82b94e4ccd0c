'use client';
/** Something of the set-up that is changed with a signature, shown with what it does first. */
import type { ReactNode } from 'react';

import type { SetupWish } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { useAction } from '../use-action.ts';
import { PlanPreview } from './plan-preview.tsx';
import { SignerNotice } from './signer-notice.tsx';
import { usePlan } from './use-plan.ts';
import { useProviderAccount } from './use-provider-account.ts';

interface SignDialogProps {
  readonly title: string;
  readonly submit: string;
  /** What did not work: `The model was not announced`. */
  readonly failure: string;
  /** `undefined` while it is not known, or a field is wrong. */
  readonly wish: SetupWish | undefined;
  readonly onClose: () => void;
  /** Tells whether everything in it is right; it may show what is not. */
  readonly check?: () => boolean;
  readonly children: ReactNode;
}

export function SignDialog({ title, submit, failure, wish, onClose, check, children }: SignDialogProps) {
  const { providing } = useCockpit();
  const settings = useObservable(providing.settings);
  const account = useProviderAccount();
  const plan = usePlan(account, wish);
  const { isBusy, problem, run } = useAction(async (wanted: SetupWish) => {
    await providing.setUp(wanted);
    // The bound of the chain is the one that counts, whichever was set here before.
    if (settings.maxOpen > wanted.maxOpen) providing.update({ ...settings, maxOpen: wanted.maxOpen });
    onClose();
  });
  return (
    <FormDialog
      title={title}
      onClose={onClose}
      onSubmit={() => {
        if (check?.() !== false && wish !== undefined && account !== null && plan.problem === null) run(wish);
      }}
      submit={{ icon: 'key', busy: isBusy, disabled: account === null || plan.problem !== null, children: submit }}
    >
      <ProblemNotice title={failure} problem={problem} />
      {children}
      <SignerNotice />
      {account !== null && wish !== undefined && <PlanPreview plan={plan} account={account.address} />}
    </FormDialog>
  );
}
