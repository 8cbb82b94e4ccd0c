import type { Metadata } from 'next';

import { ProvideView } from '../../components/provide/provide-view.tsx';

export const metadata: Metadata = { title: 'Provide' };

export default function ProvidePage() {
  return <ProvideView />;
}
