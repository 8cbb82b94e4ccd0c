'use client';
/** The market's models that are not served here yet. */
import { useState } from 'react';

import type { ModelCard } from '../../lib/cockpit/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { choose } from '../market/catalogue.ts';
import { Button } from '../ui/button.tsx';
import { formatBytes, formatCount } from '../ui/format.ts';
import { TextInput } from '../ui/inputs.tsx';
import { Muted } from '../ui/layout.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { useTextInput } from '../ui/use-input.ts';
import { Amount } from '../ui/values.tsx';
import styles from './provide.module.css';

/** So many are shown before one asks for more; with more than these there is a search as well. */
const step = 6;

/** @param cards in the order in which they are shown */
export function ModelPicker({ cards }: { readonly cards: readonly ModelCard[] }) {
  const { providing } = useCockpit();
  const search = useTextInput();
  const [shown, setShown] = useState(step);
  const found = choose(cards, { search: search.value ?? '', shelf: 'all', sortBy: 'demand' });
  const serve = ({ model }: ModelCard) => {
    // What goes wrong stands beside the model from then on.
    providing.prepare(model, model.newest).catch(() => undefined);
  };
  return (
    <>
      {cards.length > step && (
        <TextInput input={search} type="search" label="Search models to serve" placeholder="Name, label, licence" />
      )}
      <Table
        caption="Models that can be served"
        columns={columnsWith(serve)}
        rows={found.slice(0, shown)}
        rowKey={({ model }) => model.id}
        empty="No model is like that."
      />
      {found.length > shown && (
        <div>
          <Button onClick={() => setShown(shown + step)}>Show {Math.min(step, found.length - shown)} more</Button>
        </div>
      )}
    </>
  );
}

const columnsWith = (serve: (card: ModelCard) => void): readonly Column<ModelCard>[] => [
  {
    key: 'model',
    header: 'Model',
    isHead: true,
    cell: ({ model }) => (
      <>
        {model.newest.description.name} <Muted>#{model.id}</Muted>
      </>
    ),
  },
  {
    key: 'size',
    header: 'Size',
    align: 'end',
    cell: ({ model }) => <span className={styles.nowrap}>{formatBytes(model.newest.size)}</span>,
  },
  {
    key: 'price',
    header: 'Last price',
    align: 'end',
    cell: ({ recentPrice }) =>
      recentPrice === null ? <Muted>never sold</Muted> : <Amount value={recentPrice} decimals={6} />,
  },
  {
    key: 'royalty',
    header: 'Royalty in it',
    align: 'end',
    cell: ({ model }) => <Amount value={model.royalty} decimals={6} />,
  },
  { key: 'delivered', header: 'Delivered', align: 'end', cell: ({ delivered }) => formatCount(delivered) },
  { key: 'providers', header: 'Providers', align: 'end', cell: ({ providers }) => formatCount(providers) },
  {
    key: 'serve',
    header: 'Serve it here',
    align: 'end',
    cell: (card) => (
      <Button
        size="s"
        icon="download"
        aria-label={`Serve ${card.model.newest.description.name}`}
        onClick={() => serve(card)}
      >
        Serve
      </Button>
    ),
  },
];
