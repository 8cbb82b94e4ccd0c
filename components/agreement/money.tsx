/** Where the money of an agreement is. */
import type { AgreementDetail } from '../../lib/cockpit/types.ts';
import { Facts, Section } from '../ui/layout.tsx';
import { Amount } from '../ui/values.tsx';
import styles from './agreement.module.css';

export function Money({ detail: { settlement, agreement } }: { readonly detail: AgreementDetail }) {
  const { agreed, paid, refunded, escrow, toProvider, toOwner, toMarket } = settlement;
  const share = (part: bigint) => (agreed === 0n ? 0 : Number((part * 10_000n) / agreed) / 100);
  const paidShare = share(paid);
  const refundedShare = share(refunded);
  return (
    <Section title="Money" aside={<Amount value={agreed} decimals={6} />}>
      <div>
        <svg className={styles.shares} width="100%" height={10} aria-hidden="true">
          <rect className={styles.escrow} width="100%" height={10} rx={2} />
          <rect className={styles.refunded} width={`${paidShare + refundedShare}%`} height={10} rx={2} />
          <rect className={styles.paid} width={`${paidShare}%`} height={10} rx={2} />
        </svg>
        <Facts
          facts={[
            { term: <Key kind="paid">Paid</Key>, value: <Amount value={paid} /> },
            ...(paid > 0n
              ? [
                  { term: <Part>to the provider</Part>, value: <Amount value={toProvider} /> },
                  { term: <Part>royalty</Part>, value: <Amount value={toOwner} />, note: 'to the model’s owner' },
                  ...(toMarket > 0n ? [{ term: <Part>market fee</Part>, value: <Amount value={toMarket} /> }] : []),
                ]
              : []),
            {
              term: <Key kind="refunded">Refunded</Key>,
              value: <Amount value={refunded} />,
              ...(refunded > 0n ? { note: 'what was not delivered, back on your account' } : {}),
            },
            {
              term: <Key kind="escrow">Escrow</Key>,
              value: <Amount value={escrow} />,
              ...(agreement.state.kind === 'active' ? { note: 'what is unused at the end returns' } : {}),
            },
          ]}
        />
      </div>
    </Section>
  );
}

function Key({ kind, children }: { readonly kind: 'paid' | 'refunded' | 'escrow'; readonly children: string }) {
  return (
    <span className={styles.key}>
      <svg width={10} height={10} aria-hidden="true">
        <rect className={styles[kind]} width={10} height={10} rx={2} />
      </svg>
      {children}
    </span>
  );
}

function Part({ children }: { readonly children: string }) {
  return <span className={styles.part}>{children}</span>;
}
