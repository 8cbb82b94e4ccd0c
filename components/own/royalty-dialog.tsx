'use client';
/** Changes a model's royalty. */
import { useId } from 'react';

import { valueOf } from '../../lib/cockpit/loaded.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Model } from '../../lib/market/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { AmountInput } from '../ui/inputs.tsx';
import { Stack } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { allRight, useAmountInput } from '../ui/use-input.ts';
import { amountText } from './amount-text.ts';
import { LeastPrice } from './least-price.tsx';
import { useAction } from './use-action.ts';

interface ModelDialogProps {
  readonly model: Model;
  readonly onClose: () => void;
}

/** Asks for the new royalty, says what it means, and signs. */
export function RoyaltyDialog({ model: { id, royalty, newest }, onClose }: ModelDialogProps) {
  const { market, owning } = useCockpit();
  const rules = valueOf(useQuery(market.rules()));
  const form = useId();
  const input = useAmountInput(
    amountText(royalty),
    rules === undefined ? {} : { max: rules.maxPrice, maxReason: 'It is the highest price that the market takes.' },
    (value) => (value === royalty ? 'This is the royalty already.' : undefined),
  );
  const { isBusy, problem, run } = useAction();
  const change = async () => {
    const { value } = input;
    if (!allRight([input]) || value === undefined) return;
    if (await run(() => owning.setRoyalty(id, value))) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Royalty of ${newest.description.name}`}
      actions={
        <Button kind="primary" type="submit" form={form} busy={isBusy}>
          {input.value === undefined ? 'Change royalty' : `Change to ${formatAmount(input.value)}`}
        </Button>
      }
    >
      <form
        id={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <Stack gap={4}>
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
        </Stack>
      </form>
    </Dialog>
  );
}
