'use client';
/** The form that makes a browser a provider: fields, what will be signed, and the signature. */
import { useState, type SyntheticEvent } from 'react';

import { valueOf } from '../../lib/cockpit/loaded.ts';
import type { CockpitAccount } from '../../lib/cockpit/types.ts';
import type { Provider, Rules } from '../../lib/market/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { focusFirstInvalid } from '../own/register/focus-invalid.ts';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/inputs.tsx';
import { Cluster, Stack } from '../ui/layout.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useAction } from '../use-action.ts';
import { readyModels } from './offers.ts';
import { PlanPreview } from './plan-preview.tsx';
import { initialSetup, leastPrice, suggestedFloor, wishOf } from './setup-fields.ts';
import { SetupFieldset } from './setup-fieldset.tsx';
import { focusState } from './state-panel.tsx';
import { usePlan } from './use-plan.ts';
import { useSetupForm } from './use-setup-form.ts';

interface SetupFormProps {
  readonly account: CockpitAccount;
  readonly rules: Rules;
  /** What the account is on the market already. */
  readonly before: Provider | null;
}

export function SetupFormView({ account, rules, before }: SetupFormProps) {
  const { providing, market } = useCockpit();
  const toast = useToast();
  const served = useObservable(providing.models);
  const settings = useObservable(providing.settings);
  const cards = (valueOf(useQuery(market.models())) ?? []).filter(({ model }) =>
    served.some((info) => info.model === model.id),
  );
  const form = useSetupForm({
    initial: initialSetup(account.name, before, cards, rules),
    rules,
    staked: before?.stake ?? 0n,
    ...(before?.operator ? {} : { suggestedFloor: suggestedFloor(cards, rules) }),
  });
  const [switchesOn, setSwitchesOn] = useState(true);
  const [isAsked, setAsked] = useState(false);
  const ready = readyModels(served);
  const wish = form.values && wishOf(form.values, ready);
  const plan = usePlan(account, wish);
  const { isBusy, problem, run } = useAction(async () => {
    if (wish === undefined) return;
    await providing.setUp(wish);
    providing.update({ ...settings, maxOpen: wish.maxOpen });
    if (switchesOn) providing.start();
    focusState();
    toast({
      tone: 'good',
      title: 'This browser is a provider',
      ...(switchesOn ? {} : { text: 'Switch it on at the top.' }),
    });
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    setAsked(true);
    if (!form.check()) focusFirstInvalid(event.currentTarget);
    else if (ready.length > 0) run();
  };
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap={5}>
        <SetupFieldset form={form} rules={rules} least={leastPrice(cards, rules)} />
        {ready.length === 0 ? (
          <Notice tone={isAsked ? 'warning' : 'info'} title="A model comes first">
            Choose one above. Once it is here and measured, what you will sign stands here with every sum.
          </Notice>
        ) : (
          wish !== undefined && <PlanPreview plan={plan} account={account.address} />
        )}
        <ProblemNotice title="This browser was not set up" problem={problem} />
        <Cluster gap={4}>
          <Button
            kind="primary"
            icon="key"
            type="submit"
            busy={isBusy}
            disabled={ready.length > 0 && plan.problem !== null}
          >
            Sign once
          </Button>
          <Checkbox label="Switch on right after" checked={switchesOn} onChecked={setSwitchesOn} />
        </Cluster>
      </Stack>
    </form>
  );
}
