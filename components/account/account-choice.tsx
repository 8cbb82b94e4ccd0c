'use client';
/** The accounts there are, one of which is chosen. */
import { useId } from 'react';

import { useCockpit, useObservable } from '../cockpit.tsx';
import { shortId } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import { Identicon } from '../ui/values.tsx';
import { AccountFree } from './account-free.tsx';
import { groupAccounts } from './grouping.ts';
import styles from './account-choice.module.css';

interface AccountChoiceProps {
  /** After one was chosen. */
  readonly onChosen?: () => void;
}

/** A list of accounts by wallet; pressing one chooses it. Nothing where there are none. */
export function AccountChoice({ onChosen }: AccountChoiceProps) {
  const { accounts } = useCockpit();
  const all = useObservable(accounts.all);
  const chosen = useObservable(accounts.chosen);
  const id = useId();
  return groupAccounts(all).map(({ source, kind, accounts: group }, index) => (
    <section key={`${kind} ${source}`} aria-labelledby={`${id}-${index}`}>
      <p id={`${id}-${index}`} className={styles.source}>
        {kind === 'development' ? 'Well-known accounts of this development chain' : source}
      </p>
      <ul className={styles.list}>
        {group.map(({ address, name }) => {
          const isChosen = address === chosen?.address;
          return (
            <li key={address}>
              <button
                type="button"
                className={styles.account}
                aria-pressed={isChosen}
                onClick={() => {
                  accounts.choose(address);
                  onChosen?.();
                }}
              >
                <Identicon of={address} size={28} />
                <span className={styles.words}>
                  <span className={styles.name}>{name}</span>
                  <span className={styles.address}>{shortId(address, 8, 6)}</span>
                </span>
                <AccountFree address={address} />
                <span className={styles.check}>{isChosen && <Icon name="check" size={18} />}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  ));
}
