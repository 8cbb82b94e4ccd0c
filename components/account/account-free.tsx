'use client';
/** What an account can spend, small beside its name. */
import { valueOf } from '../../lib/cockpit/loaded.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { Amount } from '../ui/values.tsx';
import styles from './account-choice.module.css';

/** The free balance of an account, as soon as anything is known of it. */
export function AccountFree({ address }: { readonly address: string }) {
  const { market } = useCockpit();
  const balance = valueOf(useQuery(market.balance(address)));
  return (
    <span className={styles.free}>{balance === undefined ? '–' : <Amount value={balance.free} decimals={2} />}</span>
  );
}
