/** The way from a wish to results. */
import { Steps } from '../ui/timeline.tsx';

const labels = ['Terms', 'Bids', 'Results'] as const;

export function BuySteps({ at }: { readonly at: 0 | 1 | 2 }) {
  return (
    <Steps
      label="Buying inferences"
      steps={labels.map((label, index) => ({
        label,
        state: index < at ? 'done' : index === at ? 'current' : 'todo',
      }))}
    />
  );
}
