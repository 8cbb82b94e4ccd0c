'use client';
/** All transactions of this visit, with what was signed. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Facts, Muted } from '../ui/layout.tsx';
import { ContentId, Time } from '../ui/values.tsx';
import { callText } from './call-text.ts';
import { TransactionCard } from './transaction-card.tsx';
import styles from './transaction-list.module.css';
import type { TransactionInfo } from '../../lib/cockpit/types.ts';

/** The list of the transactions that were sent from this tab since it was opened. */
export function TransactionList() {
  const cockpit = useCockpit();
  const transactions = useObservable(cockpit.transactions);
  if (transactions.length === 0) {
    return (
      <Muted>
        Nothing was signed in this visit yet. Every transaction stands here with what it did and what it cost.
      </Muted>
    );
  }
  return (
    <ol className={styles.list}>
      {transactions.map((transaction) => (
        <li key={transaction.id} className={styles.item}>
          <TransactionCard
            transaction={transaction}
            closeLabel="Take off the list"
            onClose={() => cockpit.dismiss(transaction.id)}
          >
            <Signed transaction={transaction} />
          </TransactionCard>
        </li>
      ))}
    </ol>
  );
}

function Signed({ transaction: { calls, hash, startedAtMs } }: { readonly transaction: TransactionInfo }) {
  return (
    <Disclosure summary="What was signed">
      {calls.map((call, index) => {
        const { name, fields } = callText(call);
        return (
          <div key={index}>
            <p className={styles.call}>{name}</p>
            <Facts facts={fields} />
          </div>
        );
      })}
      <Facts
        facts={[
          { term: 'Started', value: <Time ms={startedAtMs} /> },
          {
            term: 'Transaction',
            value: hash === null ? 'not sent yet' : <ContentId id={hash} what="transaction hash" />,
          },
        ]}
      />
    </Disclosure>
  );
}
