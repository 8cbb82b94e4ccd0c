/** The fields of the chosen strategy, each with what it means. */
import { Field } from '../ui/field.tsx';
import { AmountInput, NumberInput, Select, TextInput } from '../ui/inputs.tsx';
import { Grid, Stack } from '../ui/layout.tsx';
import { strategyHints, strategyKinds } from './strategy-fields.ts';
import type { PriceForm } from './use-price-form.ts';

export function StrategyFieldset({ form }: { readonly form: PriceForm }) {
  const { kind, setKind } = form;
  return (
    <Stack gap={5}>
      <Field label="How it bids" hint={strategyHints[kind]}>
        <Select value={kind} onValue={setKind} options={strategyKinds} />
      </Field>
      <Grid gap={5} cell="s">
        {kind === 'fixed' && (
          <Field label="Price" hint="Of an inference, all included." input={form.price}>
            <AmountInput input={form.price} />
          </Field>
        )}
        {kind === 'cost' && (
          <>
            <Field label="An hour of this machine" hint="Electricity, wear, what you like." input={form.pricePerHour}>
              <AmountInput input={form.pricePerHour} />
            </Field>
            <Field label="Margin" hint="On top of the cost." input={form.marginPercent}>
              <NumberInput input={form.marginPercent} unit="%" />
            </Field>
          </>
        )}
        {kind !== 'fixed' && (
          <Field label="Floor" hint="It never bids below it." input={form.floor}>
            <AmountInput input={form.floor} />
          </Field>
        )}
        {kind === 'undercut' && (
          <>
            <Field label="First bid" hint="Empty: the most that an order pays." input={form.start}>
              <TextInput input={form.start} placeholder="the most it pays" />
            </Field>
            <Field label="Step" hint="Below the best bid of others." input={form.stepPercent}>
              <NumberInput input={form.stepPercent} unit="%" />
            </Field>
          </>
        )}
      </Grid>
    </Stack>
  );
}
