import type { Metadata } from 'next';

import { OwnView } from '../../components/own/own-view.tsx';

export const metadata: Metadata = { title: 'Own' };

export default function OwnPage() {
  return <OwnView />;
}
