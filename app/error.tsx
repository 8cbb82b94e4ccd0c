'use client';
import { Page } from '../components/ui/layout.tsx';
import { ProblemNotice } from '../components/ui/notice.tsx';

/** Stands in place of a view that failed; the shell, and what it has under way, goes on. */
export default function ViewError({ error, reset }: { readonly error: Error; readonly reset: () => void }) {
  return (
    <Page narrow title="This view failed">
      <ProblemNotice title="It could not be drawn" problem={error} onRetry={reset} />
    </Page>
  );
}
