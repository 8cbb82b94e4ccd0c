/** What an order asks for. What hardly anybody changes is folded. */
import type { ModelDetail } from '../../lib/cockpit/types.ts';
import { amountText, formatAmount } from '../../lib/market/amounts.ts';
import type { Rules } from '../../lib/market/types.ts';
import { Button } from '../ui/button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Field } from '../ui/field.tsx';
import { plural } from '../ui/format.ts';
import { AmountInput, NumberInput, TextInput } from '../ui/inputs.tsx';
import { Grid, Stack } from '../ui/layout.tsx';
import type { OrderForm } from './use-order-form.ts';
import { blocksFor } from './wish.ts';

interface OrderFieldsetProps {
  readonly form: OrderForm;
  readonly detail: ModelDetail;
  readonly rules: Rules;
}

export function OrderFieldset({ form, detail: { suggestion }, rules }: OrderFieldsetProps) {
  const suggested = formatAmount(suggestion.maxPrice);
  const inBlocks = (seconds: number | undefined) =>
    seconds === undefined ? '' : ` That is ${plural(blocksFor(seconds * 1_000, rules), 'block')}.`;
  return (
    <Stack gap={5}>
      <Grid gap={5}>
        <Field
          label="Inferences"
          input={form.inferences}
          hint="You need not use all: what was not delivered is refunded."
        >
          <NumberInput input={form.inferences} unit="inferences" />
        </Field>
        <Field
          label="Highest price for each"
          input={form.maxPrice}
          hint={suggestion.reason}
          aside={
            form.maxPrice.value !== suggestion.maxPrice && (
              <Button size="s" kind="quiet" onClick={() => form.maxPrice.reset(amountText(suggestion.maxPrice))}>
                Use {suggested}
              </Button>
            )
          }
        >
          <AmountInput input={form.maxPrice} />
        </Field>
        <Field
          label="Each answered within"
          input={form.deadline}
          hint={`What comes later is refunded in the next block.${inBlocks(form.deadline.value)}`}
        >
          <NumberInput input={form.deadline} unit="seconds" />
        </Field>
        <Field
          label="Providers"
          input={form.providers}
          hint="With several, each does every inference and is paid for it, and you compare their results."
        >
          <NumberInput input={form.providers} unit={form.providers.value === 1 ? 'provider' : 'providers'} />
        </Field>
      </Grid>
      <Disclosure summary="More terms: times, stake, record">
        <Grid gap={5}>
          <Field
            label="Bids are taken for"
            input={form.bidding}
            hint="A longer time gives providers more rounds to go below each other."
          >
            <NumberInput input={form.bidding} unit="seconds" />
          </Field>
          <Field label="Then you can accept for" input={form.acceptance} hint="Bids bind their providers until then.">
            <NumberInput input={form.acceptance} unit="seconds" />
          </Field>
          <Field
            label="The agreement lasts"
            input={form.lifetime}
            hint="At most; you can end it earlier when nothing is under way."
          >
            <NumberInput input={form.lifetime} unit="minutes" />
          </Field>
          <Field
            label="Unanswered at a time"
            input={form.inFlight}
            hint={`At most ${rules.maxInFlight}. Empty: as many as make sense. Each bid reserves stake for them.`}
          >
            <TextInput input={form.inFlight} placeholder="as many as make sense" />
          </Field>
          <Field label="Least stake of a bidder" input={form.minStake}>
            <AmountInput input={form.minStake} />
          </Field>
          <Field label="Least delivered by a bidder" input={form.minDelivered}>
            <NumberInput input={form.minDelivered} unit="inferences" />
          </Field>
          <Field
            label="Least share in time and right"
            input={form.minReliability}
            hint="Newcomers have no record: above 0 they cannot bid."
          >
            <NumberInput input={form.minReliability} unit="%" />
          </Field>
        </Grid>
      </Disclosure>
    </Stack>
  );
}
