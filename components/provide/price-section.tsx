'use client';
/** At which price this browser bids, and what that would have brought lately. */
import { useState, type SyntheticEvent } from 'react';

import { valueOf } from '../../lib/cockpit/loaded.ts';
import type { ProvidingSettings } from '../../lib/cockpit/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { focusFirstInvalid } from '../own/register/focus-invalid.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Cluster, Section, Stack } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { DryRunView } from './dry-run.tsx';
import { PriceEffects } from './price-effect-list.tsx';
import { StrategyFieldset } from './strategy-fieldset.tsx';
import { settingsKey } from './strategy-fields.ts';
import { usePriceForm } from './use-price-form.ts';
import styles from './provide.module.css';

export function PriceSection() {
  const { providing } = useCockpit();
  const settings = useObservable(providing.settings);
  const [begun, setBegun] = useState(0);
  // What was saved elsewhere, or thrown away here, begins the form anew.
  return (
    <PriceForm
      key={`${begun} ${settingsKey({ ...settings, maxOpen: 0 })}`}
      settings={settings}
      onReset={() => setBegun(begun + 1)}
    />
  );
}

interface PriceFormProps {
  readonly settings: ProvidingSettings;
  readonly onReset: () => void;
}

function PriceForm({ settings, onReset }: PriceFormProps) {
  const { providing, market } = useCockpit();
  const toast = useToast();
  const rules = valueOf(useQuery(market.rules()));
  const keyFloor = useObservable(providing.status).operator?.bounds?.floorPrice;
  const form = usePriceForm(settings.strategy, rules);
  const [problem, setProblem] = useState<unknown>(null);
  const wanted = form.strategy && { ...settings, strategy: form.strategy };
  const isChanged = wanted === undefined || settingsKey(wanted) !== settingsKey(settings);
  const save = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    setProblem(null);
    if (!form.check()) {
      focusFirstInvalid(event.currentTarget);
      return;
    }
    if (wanted === undefined) return;
    try {
      providing.update(wanted);
      toast({ tone: 'good', title: 'Your price is saved', text: 'It holds from the next bid on.' });
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Section title="Price" aside={isChanged && <Badge tone="warn">Not saved</Badge>}>
      <form noValidate onSubmit={save}>
        <Stack gap={5}>
          <StrategyFieldset form={form} />
          <PriceEffects strategy={form.strategy} />
          {keyFloor !== undefined && (
            <p className={styles.hint}>
              Whatever stands here, the chain refuses bids of this browser’s key below {formatAmount(keyFloor)}.
            </p>
          )}
          <ProblemNotice title="The price was not saved" problem={problem} />
          <Cluster>
            <Button kind="primary" type="submit" disabled={!isChanged}>
              Save
            </Button>
            {isChanged && (
              <Button kind="quiet" onClick={onReset}>
                Back to what is saved
              </Button>
            )}
          </Cluster>
        </Stack>
      </form>
      <DryRunView settings={wanted} />
    </Section>
  );
}
