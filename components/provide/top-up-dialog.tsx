'use client';
/** Money for fees. */
import { valueOf } from '../../lib/cockpit/loaded.ts';
import type { OperatorInfo } from '../../lib/cockpit/types.ts';
import { amountText, formatAmount } from '../../lib/market/amounts.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { plural } from '../ui/format.ts';
import { AmountInput } from '../ui/inputs.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { allRight, useAmountInput } from '../ui/use-input.ts';
import { useAction } from '../use-action.ts';
import { suggestedTopUp } from './setup-fields.ts';
import { SignerNotice } from './signer-notice.tsx';
import { useProviderAccount } from './use-provider-account.ts';

interface TopUpDialogProps {
  readonly operator: OperatorInfo;
  readonly onClose: () => void;
}

export function TopUpDialog({ operator: { free, transactionsLeft }, onClose }: TopUpDialogProps) {
  const { providing, market } = useCockpit();
  const account = useProviderAccount();
  const spendable = valueOf(useQuery(account !== null && market.balance(account.address)))?.free;
  const amount = useAmountInput(amountText(suggestedTopUp), {
    min: 1n,
    ...(spendable === undefined ? {} : { max: spendable, maxReason: 'It is what your account can spend.' }),
  });
  const { isBusy, problem, run } = useAction(async (value: bigint) => {
    await providing.topUp(value);
    onClose();
  });
  return (
    <FormDialog
      title="Top up the key of this browser"
      onClose={onClose}
      onSubmit={() => {
        if (allRight([amount]) && amount.value !== undefined) run(amount.value);
      }}
      submit={{
        icon: 'key',
        busy: isBusy,
        disabled: account === null,
        children: amount.value === undefined ? 'Sign' : `Sign and give ${formatAmount(amount.value)}`,
      }}
    >
      <ProblemNotice title="Nothing was given" problem={problem} />
      <SignerNotice />
      <p>
        It has {formatAmount(free)}, which lasts for about {plural(transactionsLeft, 'transaction')}. Whatever is left
        comes back when you revoke it.
      </p>
      <Field label="Give it" input={amount}>
        <AmountInput input={amount} />
      </Field>
    </FormDialog>
  );
}
