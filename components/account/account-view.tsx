'use client';
/** The account: wallets, balance, records, activity, backup. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { TransactionList } from '../transactions/transaction-list.tsx';
import { Page, Section, Split, Stack } from '../ui/layout.tsx';
import { AccountChoice } from './account-choice.tsx';
import { ActivityList } from './activity-list.tsx';
import { BackupSection } from './backup-section.tsx';
import { BalanceSection } from './balance-section.tsx';
import { ChosenAccount } from './chosen-account.tsx';
import { RecordsSection } from './records-section.tsx';
import { StorageSection } from './storage-section.tsx';
import { WalletNotice } from './wallet-notice.tsx';

/** The view behind `/account/`. */
export function AccountView() {
  const { accounts } = useCockpit();
  const chosen = useObservable(accounts.chosen);
  const { state } = useObservable(accounts.status);
  return (
    <Page
      title="Account"
      lead="Your keys stay in your wallet and your money stays in your account: what an order or an agreement needs is held there, with its reason, until it is paid or released."
    >
      {chosen === null ? (
        <Stack gap={6}>
          {state !== 'ready' && <WalletNotice />}
          <AccountChoice />
          <TransactionsSection />
          <BackupSection />
          <StorageSection />
        </Stack>
      ) : (
        <Split
          main={
            <>
              <BalanceSection address={chosen.address} />
              <Section title="Activity">
                <ActivityList key={chosen.address} address={chosen.address} />
              </Section>
              <TransactionsSection />
            </>
          }
          side={
            <>
              <ChosenAccount account={chosen} />
              <RecordsSection address={chosen.address} />
              <BackupSection />
              <StorageSection />
            </>
          }
        />
      )}
    </Page>
  );
}

function TransactionsSection() {
  return (
    <div id="transactions">
      <Section title="Transactions of this visit">
        <TransactionList />
      </Section>
    </div>
  );
}
