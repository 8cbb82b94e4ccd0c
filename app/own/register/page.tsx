import type { Metadata } from 'next';
import { Suspense } from 'react';

import { RegisterView } from '../../../components/own/register/register-view.tsx';
import { SkeletonLines } from '../../../components/ui/placeholder.tsx';

export const metadata: Metadata = { title: 'Register a model' };

export default function RegisterPage() {
  return (
    <Suspense fallback={<SkeletonLines lines={6} />}>
      <RegisterView />
    </Suspense>
  );
}
