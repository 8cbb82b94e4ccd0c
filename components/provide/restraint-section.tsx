'use client';
/** What this browser takes care of beside its prices. */
import { useState } from 'react';

import type { ProvidingSettings } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Field } from '../ui/field.tsx';
import { NumberInput, Select, Switch } from '../ui/inputs.tsx';
import { Grid, Section, Stack } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { parseNumber } from '../ui/parse.ts';
import { useInput, type Input } from '../ui/use-input.ts';
import { backendChoices, mostAtOnce, mostOpen } from './restraint.ts';

/** Every change holds at once. */
export function RestraintSection() {
  const { providing } = useCockpit();
  const settings = useObservable(providing.settings);
  const [problem, setProblem] = useState<unknown>(null);
  const { restraint, backend, maxOpen } = settings;
  const change = (changed: Partial<ProvidingSettings>) => {
    setProblem(null);
    try {
      providing.update({ ...settings, ...changed });
    } catch (error) {
      setProblem(error);
    }
  };
  const restrain = (changed: Partial<ProvidingSettings['restraint']>) =>
    change({ restraint: { ...restraint, ...changed } });
  return (
    <Section title="Restraint">
      <Grid gap={5}>
        <Stack gap={2}>
          <Switch
            label="Only on mains power"
            hint="No new work on the battery, where the browser tells."
            checked={restraint.onlyOnMains}
            onChecked={(onlyOnMains) => restrain({ onlyOnMains })}
          />
          <Switch
            label="Only while nobody uses it"
            hint="New work waits until mouse and keyboard have rested."
            checked={restraint.onlyWhenIdle}
            onChecked={(onlyWhenIdle) => restrain({ onlyWhenIdle })}
          />
        </Stack>
        <CountField
          key={`atOnce ${restraint.atOnce}`}
          label="Inferences at a time"
          hint="Fewer leave more of the device to you."
          value={restraint.atOnce}
          most={mostAtOnce}
          unit="at a time"
          onValue={(atOnce) => restrain({ atOnce })}
        />
        <CountField
          key={`maxOpen ${maxOpen}`}
          label="Bids and agreements"
          hint="Open at a time, within what the chain allows the key."
          value={maxOpen}
          most={mostOpen}
          unit="open"
          onValue={(value) => change({ maxOpen: value })}
        />
        <Field label="Run models on" hint="Automatic takes the fastest that gives right results.">
          <Select value={backend} onValue={(value) => change({ backend: value })} options={backendChoices} />
        </Field>
      </Grid>
      <ProblemNotice title="That was not changed" problem={problem} />
    </Section>
  );
}

interface CountFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: number;
  readonly most: number;
  readonly unit: string;
  readonly onValue: (value: number) => void;
}

/** A number that holds when one leaves the field or presses Enter. */
function CountField({ label, hint, value, most, unit, onValue }: CountFieldProps) {
  const input: Input<number> = useInput(String(value), parseNumber({ min: 1, max: most }));
  const take = () => {
    input.touch();
    if (input.value !== undefined && input.value !== value) onValue(input.value);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
      onBlur={take}
    >
      <Field label={label} hint={hint} input={input}>
        <NumberInput input={input} unit={unit} />
      </Field>
    </form>
  );
}
