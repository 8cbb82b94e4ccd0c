import type { Metadata } from 'next';
import { Suspense } from 'react';

import { BuyView } from '../../components/buy/buy-view.tsx';

export const metadata: Metadata = { title: 'Buy' };

export default function Page() {
  return (
    <Suspense>
      <BuyView />
    </Suspense>
  );
}
