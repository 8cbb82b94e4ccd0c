'use client';
/** Ending an agreement, and saying how it was. */
import { useState } from 'react';

import type { Agreement } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { useAction } from '../use-action.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Section } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { underWay } from './filters.ts';
import { Rating } from './rating.tsx';
import styles from './agreement.module.css';

interface ClosingProps {
  readonly agreement: Agreement;
  readonly isConsumer: boolean;
}

export function Closing({ agreement, isConsumer }: ClosingProps) {
  if (agreement.state.kind === 'ended') {
    if (!isConsumer && agreement.rating === null) return null;
    return (
      <Section title="Rating">
        <Rating agreement={agreement} isConsumer={isConsumer} />
      </Section>
    );
  }
  return isConsumer ? <End agreement={agreement} /> : null;
}

function End({ agreement }: { readonly agreement: Agreement }) {
  const { purchases } = useCockpit();
  const [isOpen, setOpen] = useState(false);
  const end = useAction(async () => {
    await purchases.end(agreement.id);
    setOpen(false);
  });
  const waiting = underWay(agreement);
  return (
    <div>
      <Button size="s" icon="close" onClick={() => setOpen(true)}>
        End the agreement
      </Button>
      <Dialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title={`End agreement #${agreement.id}?`}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button kind="danger" busy={end.isBusy} disabled={waiting > 0} onClick={end.run}>
              End it
            </Button>
          </>
        }
      >
        <p className={styles.dialogText}>
          Nothing more can be sent in it, and what is unused in escrow is yours again. You can rate the provider then.
        </p>
        {waiting > 0 && (
          <p className={styles.dialogText}>{waiting} under way must be answered or missed first; wait for that.</p>
        )}
        <ProblemNotice title="The agreement was not ended" problem={end.problem} />
      </Dialog>
    </div>
  );
}
