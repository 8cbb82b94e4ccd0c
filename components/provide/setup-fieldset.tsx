/** The fields of a set-up, each with what it means. */
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Rules } from '../../lib/market/types.ts';
import { Field } from '../ui/field.tsx';
import { AmountInput, NumberInput, TextInput } from '../ui/inputs.tsx';
import { Grid } from '../ui/layout.tsx';
import { roundUp } from './setup-fields.ts';
import type { SetupForm } from './use-setup-form.ts';

interface SetupFieldsetProps {
  readonly form: SetupForm;
  readonly rules: Pick<Rules, 'minStake'>;
  /** The lowest price that leaves anything; 0 while no model is chosen. */
  readonly least: bigint;
}

export function SetupFieldset({ form, rules, least }: SetupFieldsetProps) {
  return (
    <Grid gap={5}>
      <Field label="Name" hint="Consumers see it beside your bids." input={form.name}>
        <TextInput input={form.name} />
      </Field>
      <Field
        label="Stake"
        hint={`Held, not spent: penalties for misses come from it. At least ${formatAmount(rules.minStake)}.`}
        input={form.stake}
      >
        <AmountInput input={form.stake} />
      </Field>
      <Field
        label="Lowest price"
        hint={
          least === 0n
            ? 'For an inference. The chain refuses lower bids of this key.'
            : `The chain refuses lower bids of this key. Royalty and fee take ${formatAmount(roundUp(least))} of it.`
        }
        input={form.floorPrice}
      >
        <AmountInput input={form.floorPrice} />
      </Field>
      <Field label="Open at most" hint="Bids and agreements together. The chain refuses more." input={form.maxOpen}>
        <NumberInput input={form.maxOpen} unit="at a time" />
      </Field>
      <Field label="For fees" hint="Bids and answers cost a little each. What is left comes back." input={form.topUp}>
        <AmountInput input={form.topUp} />
      </Field>
    </Grid>
  );
}
