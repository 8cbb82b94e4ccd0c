'use client';
/** What an account has: free, and held with the reasons. */
import type { BalanceDetail } from '../../lib/cockpit/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { Muted, Section } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { Amount } from '../ui/values.tsx';
import { BalanceBar, seriesOf } from './balance-bar.tsx';
import { LoadedMark } from './loaded-mark.tsx';
import styles from './balance-section.module.css';

/** The balance of an account. */
export function BalanceSection({ address }: { readonly address: string }) {
  const { market } = useCockpit();
  const balance = useQuery(market.balance(address));
  return (
    <Section title="Balance" aside={<LoadedMark of={balance} />}>
      <Shown of={balance} what="The balance">
        {(value) => <Balance {...value} />}
      </Shown>
    </Section>
  );
}

function Balance({ free, held, heldTotal }: BalanceDetail) {
  return (
    <>
      <div className={styles.totals}>
        <div>
          <p className={styles.label}>Free: you can spend it</p>
          <Amount value={free} decimals={6} large />
        </div>
        <div>
          <p className={styles.label}>Held: yours, and set aside</p>
          <Amount value={heldTotal} decimals={6} large />
        </div>
      </div>
      <BalanceBar free={free} held={held} />
      {held.length === 0 ? (
        <Muted>Nothing is held. Orders, agreements, stakes and deposits would stand here with their reason.</Muted>
      ) : (
        <ul className={styles.holds}>
          {held.map(({ reason, amount, explanation }, index) => (
            <li key={reason} className={styles.hold}>
              <span className={styles.key} data-series={seriesOf(index)} aria-hidden="true" />
              <div className={styles.words}>
                <p>{explanation}</p>
                <code className={styles.reason}>{reason}</code>
              </div>
              <Amount value={amount} decimals={6} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
