'use client';
/** The models that this browser serves, and those that it could. */
import type { ModelCard, ServedModelInfo } from '../../lib/cockpit/types.ts';
import { valueOf } from '../../lib/cockpit/loaded.ts';
import { LoadedMark } from '../account/loaded-mark.tsx';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { LinkButton } from '../ui/button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Section } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { ModelPicker } from './model-picker.tsx';
import { candidates } from './offers.ts';
import { ServedModel } from './served-model.tsx';
import styles from './provide.module.css';

/** @param isNamed whether this browser is set up: its models can be announced then */
export function ModelsSection({ isNamed }: { readonly isNamed: boolean }) {
  const { providing, market } = useCockpit();
  const served = useObservable(providing.models);
  const models = useQuery(market.models());
  const cards = valueOf(models) ?? [];
  return (
    <Section title="Models" aside={<LoadedMark of={models} />}>
      {served.length > 0 && (
        <ul>
          {served.map((info) => (
            <ServedModel
              key={info.model}
              info={info}
              card={cards.find(({ model }) => model.id === info.model)}
              isNamed={isNamed}
            />
          ))}
        </ul>
      )}
      <Shown of={models} what="The market’s models">
        {(all) => <Choice cards={all} served={served} />}
      </Shown>
    </Section>
  );
}

interface ChoiceProps {
  readonly cards: readonly ModelCard[];
  readonly served: readonly ServedModelInfo[];
}

function Choice({ cards, served }: ChoiceProps) {
  const left = candidates(cards, served);
  if (left.length > 0 && served.length === 0) {
    return (
      <>
        <p className={styles.hint}>
          Its file is fetched from Dx, checked against the chain, kept in this browser, and measured: consumers see the
          time that an inference really takes here. That costs nothing and commits you to nothing.
        </p>
        <ModelPicker cards={left} />
      </>
    );
  }
  if (left.length > 0) {
    return (
      <Disclosure summary="Serve another model">
        <ModelPicker cards={left} />
      </Disclosure>
    );
  }
  if (served.length > 0) return null;
  return (
    <EmptyState
      icon="own"
      title="The market has no model to serve"
      actions={<LinkButton href="/own/register/">Register one</LinkButton>}
    >
      As soon as somebody registers a model it can be served here.
    </EmptyState>
  );
}
