'use client';
/** The chosen account: its address, where it comes from, and the way to another one. */
import { useState } from 'react';

import type { CockpitAccount } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Cluster, Muted, Section } from '../ui/layout.tsx';
import { CopyButton, Identicon } from '../ui/values.tsx';
import { AccountDialog } from './account-dialog.tsx';
import { FaucetButton } from './faucet-button.tsx';
import { WalletNotice } from './wallet-notice.tsx';
import styles from './chosen-account.module.css';

/** Shows an account; with the buttons to change it, to fill it on a development chain, and to disconnect. */
export function ChosenAccount({ account: { address, name, kind, source } }: { readonly account: CockpitAccount }) {
  const { accounts } = useCockpit();
  const { state } = useObservable(accounts.status);
  const [isChoosing, setChoosing] = useState(false);
  const disconnect = () => {
    accounts.disconnect();
    // A well-known account needs no wallet and would stay.
    accounts.choose(null);
  };
  return (
    <Section title="Signing as" aside={<Badge tone={kind === 'wallet' ? 'accent' : 'warn'}>{source}</Badge>}>
      <div className={styles.account}>
        <Identicon of={address} size={40} />
        <div className={styles.words}>
          <p className={styles.name}>{name}</p>
          <p className={styles.address}>
            <code>{address}</code> <CopyButton text={address} what="address" />
          </p>
        </div>
      </div>
      {kind === 'development' && <Muted>Everybody knows the key of this account: it is for trying things out.</Muted>}
      {kind === 'wallet' && state !== 'ready' && <WalletNotice />}
      <Cluster>
        <Button icon="account" size="s" onClick={() => setChoosing(true)}>
          Change account
        </Button>
        <FaucetButton to={address} />
        <Button kind="quiet" size="s" onClick={disconnect}>
          Disconnect
        </Button>
      </Cluster>
      <AccountDialog open={isChoosing} onClose={() => setChoosing(false)} />
    </Section>
  );
}
