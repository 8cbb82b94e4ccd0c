'use client';
/** Royalties as a chart. */
import { useState } from 'react';

import type { ModelCard } from '../../lib/cockpit/types.ts';
import { formatAiro, toAiro } from '../market/history.ts';
import { periodLabel } from '../periods.ts';
import { BarChart } from '../ui/charts.tsx';
import { Select } from '../ui/inputs.tsx';
import { Section } from '../ui/layout.tsx';
import { royaltyPeriods } from './royalties.ts';
import styles from './royalties-section.module.css';

/** The royalties of all models, or of one, by period. */
export function RoyaltiesSection({ models }: { readonly models: readonly ModelCard[] }) {
  const [chosen, setChosen] = useState('all');
  const drawn = models.filter(({ model }) => chosen === 'all' || String(model.id) === chosen);
  const periods = royaltyPeriods(drawn.map(({ history }) => history));
  const options = [
    { value: 'all', label: 'All models' },
    ...models.map(({ model }) => ({
      value: String(model.id),
      label: `${model.newest.description.name} (model ${model.id})`,
    })),
  ];
  return (
    <Section
      title="Royalties over time"
      aside={
        models.length > 1 && (
          <div className={styles.choice}>
            <Select label="Whose royalties" value={chosen} onValue={setChosen} options={options} />
          </div>
        )
      }
    >
      <BarChart
        title="Royalties by period, in AIRO"
        height={190}
        data={periods.map(({ startsAtMs, lengthMs, royalties }) => ({
          label: periodLabel(startsAtMs, lengthMs),
          value: toAiro(royalties),
        }))}
        format={formatAiro}
        empty="No inference was paid yet. Royalties appear here with the first answer."
      />
    </Section>
  );
}
