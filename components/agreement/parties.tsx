/** Who has agreed on what. */
import Link from 'next/link';

import type { AgreementDetail } from '../../lib/cockpit/types.ts';
import type { Address as AddressText, Agreement } from '../../lib/market/types.ts';
import { ProviderName } from '../market/provider-name.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Facts } from '../ui/layout.tsx';
import { Address, Amount, Blocks } from '../ui/values.tsx';
import styles from './agreement.module.css';

interface PartiesProps {
  readonly detail: AgreementDetail;
  readonly mine: AddressText | undefined;
  readonly siblings: readonly Agreement[];
}

export function Parties({ detail: { agreement, provider }, mine, siblings }: PartiesProps) {
  const others = siblings.filter(({ id }) => id !== agreement.id);
  return (
    <Disclosure summary="Parties and terms">
      <Facts
        facts={[
          {
            term: 'Consumer',
            value: <Address address={agreement.consumer} name={agreement.consumer === mine ? 'You' : undefined} />,
          },
          {
            term: 'Provider',
            value: <ProviderName address={agreement.provider} profile={provider?.profile ?? null} />,
            ...(agreement.provider === mine ? { note: 'you' } : {}),
          },
          { term: 'Order', value: `#${agreement.order}` },
          ...(others.length > 0
            ? [
                {
                  term: 'Same order',
                  value: (
                    <span className={styles.links}>
                      {others.map(({ id }) => (
                        <Link key={id} href={`/agreement/?id=${id}`}>
                          #{id}
                        </Link>
                      ))}
                    </span>
                  ),
                },
              ]
            : []),
          { term: 'Version', value: agreement.version },
          { term: 'Answer within', value: <Blocks count={agreement.responseDeadline} /> },
          { term: 'In flight', value: agreement.maxInFlight, note: 'at most' },
          {
            term: 'Penalty',
            value: <Amount value={agreement.penalty} />,
            note: 'of the provider’s stake for each miss',
          },
        ]}
      />
    </Disclosure>
  );
}
