import type { Metadata } from 'next';

import { AgreementsView } from '../../components/agreement/agreements-view.tsx';

export const metadata: Metadata = { title: 'Agreements' };

export default function Page() {
  return <AgreementsView />;
}
