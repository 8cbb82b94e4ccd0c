'use client';
/** The royalty, and what it means for those who buy. */
import type { SyntheticEvent } from 'react';

import { valueOf } from '../../../lib/cockpit/loaded.ts';
import { useCockpit, useQuery } from '../../cockpit.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { AmountInput } from '../../ui/inputs.tsx';
import { Muted, Section, Stack } from '../../ui/layout.tsx';
import { parseAiro } from '../../ui/parse.ts';
import { allRight } from '../../ui/use-input.ts';
import { LeastPrice } from '../least-price.tsx';
import { draftInput } from './draft-input.ts';
import { focusFirstInvalid } from './focus-invalid.ts';
import type { StepProps } from './register-flow.tsx';
import { StepButtons } from './step-buttons.tsx';

/** Asks for the royalty per inference. */
export function RoyaltyStep({ draft, patch, touched, onNext, onBack }: StepProps) {
  const { market } = useCockpit();
  const rules = valueOf(useQuery(market.rules()));
  const parse = parseAiro(
    rules === undefined ? {} : { max: rules.maxPrice, maxReason: 'It is the highest price that the market takes.' },
  );
  const input = draftInput('royalty', draft.royalty, (royalty) => patch({ royalty }), parse, touched);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (allRight([input])) onNext();
    else focusFirstInvalid(event.currentTarget);
  };
  return (
    <form noValidate onSubmit={submit}>
      <Section title="The royalty">
        <Muted>
          What you get of each delivered inference. It is part of the price that a consumer agrees on with a provider,
          and paid in the block of the answer to whoever owns the model then. You can change it later for new orders.
        </Muted>
        <Stack gap={4}>
          <Field
            label="Royalty per inference"
            hint="Zero is allowed: then anybody uses the model for the provider’s price."
            input={input}
          >
            <AmountInput input={input} />
          </Field>
          <LeastPrice royalty={input.value} rules={rules} />
        </Stack>
        <StepButtons onBack={onBack}>
          <Button kind="primary" type="submit">
            Go on
          </Button>
        </StepButtons>
      </Section>
    </form>
  );
}
