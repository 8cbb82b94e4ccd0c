'use client';
/** What the price in the form comes to for each model. */
import { valueOf } from '../../lib/cockpit/loaded.ts';
import type { TabStrategy } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { Icon } from '../ui/icons.tsx';
import { effectsOf } from './price-effects.ts';
import styles from './provide.module.css';

export function PriceEffects({ strategy }: { readonly strategy: TabStrategy | undefined }) {
  const { providing, market } = useCockpit();
  const served = useObservable(providing.models);
  const keyFloor = useObservable(providing.status).operator?.bounds?.floorPrice ?? 0n;
  const rules = valueOf(useQuery(market.rules()));
  const cards = valueOf(useQuery(market.models()));
  if (strategy === undefined || rules === undefined || cards === undefined) return null;
  const effects = effectsOf(strategy, served, { cards, rules, keyFloor });
  if (effects.length === 0) return null;
  return (
    <ul className={styles.effects} aria-label="What that comes to">
      {effects.map(({ model, bids, text }) => (
        <li key={model} data-bids={bids}>
          <Icon name={bids ? 'right' : 'warning'} size={16} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
