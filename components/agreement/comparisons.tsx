'use client';
/** The same inputs with several providers: who says what, and whether they agree. */
import { useEffect, useMemo, useState } from 'react';

import type { InferenceInfo } from '../../lib/cockpit/types.ts';
import type { Comparison } from '../../lib/consumer/compare.ts';
import type { Agreement, Description } from '../../lib/market/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { useProviderNames } from '../market/use-provider-names.ts';
import { Badge } from '../ui/badge.tsx';
import { formatPercent, plural } from '../ui/format.ts';
import { Muted, Section } from '../ui/layout.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { combine } from './combine.ts';
import { comparedInputs, verdictOf, type ComparedInput } from './compared.ts';
import styles from './agreement.module.css';

interface ComparisonsProps {
  readonly agreements: readonly Agreement[];
  readonly description: Description;
}

const shownAtMost = 50;

export function Comparisons({ agreements, description }: ComparisonsProps) {
  const { purchases } = useCockpit();
  const nameOf = useProviderNames();
  const ids = agreements.map(({ id }) => id).join(',');
  const lists = useMemo(() => combine(ids.split(',').map((id) => purchases.inferences(Number(id)))), [purchases, ids]);
  const inputs = comparedInputs(useObservable(lists)).slice(0, shownAtMost);
  if (inputs.length === 0) return null;
  const columns: readonly Column<ComparedInput>[] = [
    { key: 'label', header: 'Input', isHead: true, cell: ({ label }) => label },
    ...agreements.map(({ id, provider }, place): Column<ComparedInput> => ({
      key: String(id),
      header: `${nameOf(provider)} #${id}`,
      cell: ({ results }) => <Answer result={results[place] ?? null} />,
    })),
    { key: 'verdict', header: 'Together', cell: (input) => <VerdictCell input={input} description={description} /> },
  ];
  return (
    <Section title="Compared" aside={plural(agreements.length, 'provider')}>
      <Table
        caption="Results of the same inputs by provider"
        columns={columns}
        rows={inputs}
        rowKey={({ label }) => label}
      />
      <p className={styles.small}>
        Two results agree when no number in them differs by more than the model’s tolerance of {description.tolerance}.
      </p>
    </Section>
  );
}

function Answer({ result }: { readonly result: InferenceInfo | null }) {
  if (result === null) return <Muted>not sent</Muted>;
  if (result.state === 'working' || result.state === 'paused') return <Muted>under way</Muted>;
  if (result.state !== 'answered') return <Badge tone="bad">no result</Badge>;
  const [best] = result.classes ?? [];
  if (best === undefined) return 'result';
  return (
    <span>
      <b>{best.label}</b> <Muted>{formatPercent(best.probability)}</Muted>
    </span>
  );
}

interface VerdictCellProps {
  readonly input: ComparedInput;
  readonly description: Description;
}

function VerdictCell({ input, description }: VerdictCellProps) {
  const { purchases } = useCockpit();
  const [made, setMade] = useState<{ readonly of: string; readonly comparison: Comparison } | null>(null);
  const answered = input.results.filter((result) => result?.state === 'answered');
  const key = answered.map((result) => result?.id).join(' ');
  useEffect(() => {
    const results = input.results.flatMap((result) => (result?.state === 'answered' ? [result] : []));
    if (results.length < 2 || made?.of === key) return undefined;
    let isWanted = true;
    purchases.compare(results, description).then(
      (comparison) => {
        if (isWanted) setMade({ of: key, comparison });
      },
      // Without the comparing code, which is fetched then, the results are there to be compared by eye.
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [purchases, input, description, key, made]);
  const { tone, text } = verdictOf(input, made?.of === key ? made.comparison : null);
  return <Badge tone={tone}>{text}</Badge>;
}
