'use client';
/** Changes a model's royalty. */
import { valueOf } from '../../lib/cockpit/loaded.ts';
import { amountText, formatAmount } from '../../lib/market/amounts.ts';
import type { Model } from '../../lib/market/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Field } from '../ui/field.tsx';
import { AmountInput } from '../ui/inputs.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { allRight, useAmountInput } from '../ui/use-input.ts';
import { LeastPrice } from './least-price.tsx';
import { useAction } from '../use-action.ts';

interface ModelDialogProps {
  readonly model: Model;
  readonly onClose: () => void;
}

/** Asks for the new royalty, says what it means, and signs. */
export function RoyaltyDialog({ model: { id, royalty, newest }, onClose }: ModelDialogProps) {
  const { market, owning } = useCockpit();
  const rules = valueOf(useQuery(market.rules()));
  const input = useAmountInput(
    amountText(royalty),
    rules === undefined ? {} : { max: rules.maxPrice, maxReason: 'It is the highest price that the market takes.' },
    (value) => (value === royalty ? 'This is the royalty already.' : undefined),
  );
  const { isBusy, problem, run } = useAction(async (value: bigint) => {
    await owning.setRoyalty(id, value);
    onClose();
  });
  const change = () => {
    const { value } = input;
    if (allRight([input]) && value !== undefined) run(value);
  };
  return (
    <FormDialog
      title={`Royalty of ${newest.description.name}`}
      onClose={onClose}
      onSubmit={change}
      submit={{
        busy: isBusy,
        children: input.value === undefined ? 'Change royalty' : `Change to ${formatAmount(input.value)}`,
      }}
    >
      <ProblemNotice title="The royalty was not changed" problem={problem} />
      <Field
        label="Royalty per inference"
        hint="Of each delivered inference, paid to whoever owns the model then."
        input={input}
      >
        <AmountInput input={input} />
      </Field>
      <LeastPrice royalty={input.value} rules={rules} />
      <p>
        It holds for orders that are placed from now on. Open orders and agreements keep {formatAmount(royalty)} per
        inference.
      </p>
    </FormDialog>
  );
}
