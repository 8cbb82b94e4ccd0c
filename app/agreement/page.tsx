import type { Metadata } from 'next';
import { Suspense } from 'react';

import { AgreementView } from '../../components/agreement/agreement-view.tsx';

export const metadata: Metadata = { title: 'Agreement' };

export default function Page() {
  return (
    <Suspense>
      <AgreementView />
    </Suspense>
  );
}
