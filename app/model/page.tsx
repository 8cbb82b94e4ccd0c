import type { Metadata } from 'next';
import { Suspense } from 'react';

import { ModelView } from '../../components/market/model-view.tsx';

export const metadata: Metadata = { title: 'Model' };

export default function Page() {
  return (
    <Suspense>
      <ModelView />
    </Suspense>
  );
}
