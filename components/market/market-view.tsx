'use client';
/** The market: what it is, and all its models. */
import { useState } from 'react';

import type { ModelCard } from '../../lib/cockpit/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { Status, truthOf } from '../ui/badge.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { Select, TextInput } from '../ui/inputs.tsx';
import { Cluster, Grid, Page, Section } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { EmptyState, SkeletonCards } from '../ui/placeholder.tsx';
import { useTextInput } from '../ui/use-input.ts';
import { choose, orders, shelves, type Shelf, type SortBy } from './catalogue.ts';
import { MarketCard } from './model-card.tsx';
import { Newcomer } from './newcomer.tsx';
import styles from './market.module.css';

export function MarketView() {
  const cockpit = useCockpit();
  const models = useQuery(cockpit.market.models());
  const truth = truthOf(models);
  return (
    <Page
      title="Market"
      lead="Airo is an open market for AI inference: owners earn a royalty whenever their model runs, providers earn by running it, and you buy results at a price that an auction has fixed. This page reads the chain by itself, through a light client in this tab; nobody stands in between."
    >
      <Newcomer />
      <div id="models">
        <Section title="Models" aside={truth && <Status state={truth} />}>
          <Shown
            of={models}
            what="The models"
            skeleton={
              <Grid>
                <SkeletonCards count={3} label="The models ..." />
              </Grid>
            }
          >
            {(cards) => (cards.length === 0 ? <NoModels /> : <Catalogue cards={cards} />)}
          </Shown>
        </Section>
      </div>
    </Page>
  );
}

function Catalogue({ cards }: { readonly cards: readonly ModelCard[] }) {
  const search = useTextInput();
  const [shelf, setShelf] = useState<Shelf>('all');
  const [sortBy, setSortBy] = useState<SortBy>('newest');
  const shown = choose(cards, { search: search.value ?? '', shelf, sortBy });
  const reset = () => {
    search.reset();
    setShelf('all');
  };
  return (
    <>
      <div className={styles.controls} role="search">
        <TextInput input={search} type="search" label="Search models" placeholder="Name, label, licence or owner" />
        <Select label="Which models" value={shelf} onValue={setShelf} options={shelves} />
        <Select label="Sort by" value={sortBy} onValue={setSortBy} options={orders} />
      </div>
      <p className={styles.label} aria-live="polite">
        {shown.length === cards.length
          ? plural(cards.length, 'model')
          : `${shown.length} of ${plural(cards.length, 'model')}`}
      </p>
      {shown.length === 0 ? (
        <EmptyState
          icon="search"
          title="No model is like that"
          actions={<Button onClick={reset}>Show all models</Button>}
        >
          Search for less, or look on another shelf.
        </EmptyState>
      ) : (
        <Grid>
          {shown.map((card) => (
            <MarketCard key={card.model.id} card={card} />
          ))}
        </Grid>
      )}
    </>
  );
}

function NoModels() {
  return (
    <EmptyState
      icon="own"
      title="Nobody has registered a model yet"
      actions={
        <Cluster>
          <LinkButton href="/own/register/" kind="primary" icon="plus">
            Register a model
          </LinkButton>
        </Cluster>
      }
    >
      Any ONNX file will do: it is checked here, put on Dx, and registered with the royalty that you want for each
      inference.
    </EmptyState>
  );
}
