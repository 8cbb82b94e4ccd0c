'use client';
/** The chosen account in the shell's bar. */
import { useState } from 'react';

import { useCockpit, useObservable } from '../cockpit.tsx';
import { cx } from '../ui/cx.ts';
import { Icon } from '../ui/icons.tsx';
import { Identicon } from '../ui/values.tsx';
import { AccountDialog } from './account-dialog.tsx';
import styles from './account-button.module.css';

/** A button that shows the chosen account and opens the chooser; on phones it is the account's picture alone. */
export function AccountButton() {
  const chosen = useObservable(useCockpit().accounts.chosen);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={cx(styles.button, chosen === null && styles.none)}
        aria-haspopup="dialog"
        aria-label={chosen === null ? 'Connect an account' : `Account: ${chosen.name}`}
        onClick={() => setOpen(true)}
      >
        {chosen === null ? <Icon name="account" size={18} /> : <Identicon of={chosen.address} size={22} />}
        <span className={styles.name}>{chosen?.name ?? 'Connect'}</span>
      </button>
      <AccountDialog open={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}
