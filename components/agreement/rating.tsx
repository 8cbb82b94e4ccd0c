'use client';
/** Stars for a provider, once an agreement has ended. */
import { useId, useState } from 'react';

import type { Agreement } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { useAction } from '../use-action.ts';
import { Button } from '../ui/button.tsx';
import { Muted, Stack } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import styles from './agreement.module.css';

const words = ['', 'bad', 'poor', 'fair', 'good', 'excellent'] as const;
const all = [1, 2, 3, 4, 5] as const;

interface RatingProps {
  readonly agreement: Agreement;
  readonly isConsumer: boolean;
}

export function Rating({ agreement: { id, rating }, isConsumer }: RatingProps) {
  if (rating !== null) {
    return (
      <p>
        <Stars stars={rating} />{' '}
        <Muted>
          {isConsumer ? 'You rated' : 'The consumer rated'} this {words[rating]}.
        </Muted>
      </p>
    );
  }
  return <Rate id={id} />;
}

function Rate({ id }: { readonly id: number }) {
  const { purchases } = useCockpit();
  const group = useId();
  const [stars, setStars] = useState<number | null>(null);
  const rate = useAction(async () => {
    if (stars !== null) await purchases.rate(id, stars);
  });
  return (
    <Stack gap={3}>
      <fieldset className={styles.rating}>
        <legend className={styles.small}>How was this provider? Others see it in its record.</legend>
        <div className={styles.starRow}>
          {all.map((value) => (
            <label key={value} className={styles.star} title={words[value]}>
              <input type="radio" name={group} checked={stars === value} onChange={() => setStars(value)} />
              <Star isFull={stars !== null && value <= stars} />
              <span className={styles.hidden}>
                {value} of 5: {words[value]}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div>
        <Button size="s" disabled={stars === null} busy={rate.isBusy} onClick={rate.run}>
          Rate
        </Button>
      </div>
      <ProblemNotice title="The rating was not given" problem={rate.problem} />
    </Stack>
  );
}

function Stars({ stars }: { readonly stars: number }) {
  return (
    <span className={styles.stars} role="img" aria-label={`${stars} of 5 stars`}>
      {all.map((value) => (
        <Star key={value} isFull={value <= stars} />
      ))}
    </span>
  );
}

function Star({ isFull }: { readonly isFull: boolean }) {
  return (
    <svg width={22} height={22} viewBox="0 0 24 24" className={isFull ? styles.full : styles.hollow} aria-hidden="true">
      <path d="M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z" />
    </svg>
  );
}
