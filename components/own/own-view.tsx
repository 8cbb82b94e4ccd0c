'use client';
/** The models of an account: what they earn, and what their owner can do with them. */
import type { Loaded, ModelCard } from '../../lib/cockpit/types.ts';
import { LoadedMark } from '../account/loaded-mark.tsx';
import { NeedAccount } from '../account/need-account.tsx';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { Kicker } from '../market/kicker.tsx';
import { LinkButton } from '../ui/button.tsx';
import { Page, Section } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { OwnedModel } from './owned-model.tsx';
import { OwnedTotals } from './owned-totals.tsx';
import { RoyaltiesSection } from './royalties-section.tsx';

/** The view behind `/own/`. */
export function OwnView() {
  const { accounts, market } = useCockpit();
  const chosen = useObservable(accounts.chosen);
  const models = useQuery(chosen !== null && market.modelsOf(chosen.address));
  return (
    <Page
      title="Own"
      kicker={
        chosen === null ? undefined : (
          <Kicker>
            As {chosen.name} <LoadedMark of={models} />
          </Kicker>
        )
      }
      lead="A model’s owner is whoever holds its NFT at the moment of payment. The chain pays the royalty out of escrow, in the same block as the answer."
      actions={
        <LinkButton href="/own/register/" kind="primary" icon="plus">
          Register a model
        </LinkButton>
      }
    >
      {chosen === null ? <NeedAccount what="your models" /> : <Models key={chosen.address} models={models} />}
    </Page>
  );
}

function Models({ models }: { readonly models: Loaded<readonly ModelCard[]> }) {
  return (
    <Shown of={models} what="Your models">
      {(cards) =>
        cards.length === 0 ? (
          <EmptyState
            icon="own"
            title="This account owns no model"
            actions={<LinkButton href="/own/register/">Register one</LinkButton>}
          >
            Bring an ONNX file: it is checked here, in this browser, before anything is paid or leaves this machine.
          </EmptyState>
        ) : (
          <>
            <OwnedTotals models={cards} />
            <RoyaltiesSection models={cards} />
            <Section title="Models">
              <ul>
                {cards.map((card) => (
                  <OwnedModel key={card.model.id} card={card} />
                ))}
              </ul>
            </Section>
          </>
        )
      }
    </Shown>
  );
}
