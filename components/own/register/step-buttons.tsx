/** The way on and the way back, at the end of a step. */
import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { Cluster } from '../../ui/layout.tsx';

interface StepButtonsProps {
  /** Without it there is no way back. */
  readonly onBack?: () => void;
  /** The button that leads on. */
  readonly children: ReactNode;
}

/** Back at the start, on at the end. */
export function StepButtons({ onBack, children }: StepButtonsProps) {
  return (
    <Cluster justify="between" gap={3}>
      {onBack === undefined ? (
        <span />
      ) : (
        <Button kind="quiet" icon="back" onClick={onBack}>
          Back
        </Button>
      )}
      <Cluster>{children}</Cluster>
    </Cluster>
  );
}
