'use client';
/** Puts a model up for sale, or changes its price. */
import { amountText, formatAmount } from '../../lib/market/amounts.ts';
import type { Model, Sale } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { AmountInput, TextInput } from '../ui/inputs.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { allRight, useAmountInput } from '../ui/use-input.ts';
import { Address } from '../ui/values.tsx';
import { useAction } from '../use-action.ts';
import { Consequences } from './consequences.tsx';
import { useAddressInput } from './use-address.ts';

interface SellDialogProps {
  readonly model: Model;
  /** As it is for sale now. */
  readonly sale: Sale | null;
  readonly onClose: () => void;
}

/** Asks for the price and, where there is one, for the only buyer; says what a sale is, and signs. */
export function SellDialog({ model: { id, newest, owner }, sale, onClose }: SellDialogProps) {
  const { owning } = useCockpit();
  const price = useAmountInput(sale ? amountText(sale.price) : '', {}, (value) =>
    value === 0n ? 'It must be more than 0. To give the model away, transfer it.' : undefined,
  );
  const buyer = useAddressInput({ initial: sale?.reservedFor ?? '' });
  const isOwner = buyer.address !== undefined && buyer.address === owner;
  const { isBusy, problem, run } = useAction(async (value: bigint, to: string | null) => {
    await owning.sell(id, value, to);
    onClose();
  });
  const sell = () => {
    const isAnybody = buyer.input.value === '';
    if (!allRight([price, buyer.input]) || price.value === undefined || isOwner) return;
    if (isAnybody || buyer.address !== undefined) run(price.value, isAnybody ? null : (buyer.address ?? null));
  };
  const verb = sale ? 'Change to' : 'Sell for';
  return (
    <FormDialog
      title={`Sell ${newest.description.name}`}
      onClose={onClose}
      onSubmit={sell}
      submit={{
        icon: 'agreement',
        busy: isBusy,
        children: price.value === undefined ? (sale ? 'Change' : 'Sell') : `${verb} ${formatAmount(price.value)}`,
      }}
    >
      <ProblemNotice title="The price was not set" problem={problem} />
      <Field label="Price" hint="For the model with all royalties to come, paid to you at once." input={price}>
        <AmountInput input={price} />
      </Field>
      <Field
        label="Only to this account"
        hint="Leave it empty, and anybody may buy."
        input={buyer.input}
        error={isOwner ? 'This account owns the model already.' : buyer.error}
      >
        <TextInput input={buyer.input} mono />
      </Field>
      {buyer.address !== undefined && !isOwner && <Address address={buyer.address} full copyable={false} />}
      <Consequences
        items={[
          { tone: 'good', text: 'You own the model, and it earns for you, until somebody pays the price.' },
          {
            tone: 'good',
            text: 'The chain takes the price and hands over the NFT in one transaction, or does neither.',
          },
          {
            tone: 'bad',
            text: 'From then on every royalty is the buyer’s, in open agreements too, and so is every decision about the model.',
          },
          {
            tone: 'plain',
            text: 'The deposits that you paid for the model stay yours; they are released when it is removed.',
          },
        ]}
      />
    </FormDialog>
  );
}
