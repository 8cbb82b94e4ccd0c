'use client';
/** Takes a model off sale. */
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Model, Sale } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Stack } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { useAction } from '../use-action.ts';

interface UnsellDialogProps {
  readonly model: Model;
  readonly sale: Sale;
  readonly onClose: () => void;
}

/** Asks once more, and signs. */
export function UnsellDialog({ model: { id, newest }, sale, onClose }: UnsellDialogProps) {
  const { owning } = useCockpit();
  const {
    isBusy,
    problem,
    run: unsell,
  } = useAction(async () => {
    await owning.unsell(id);
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Take ${newest.description.name} off sale?`}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            Keep it for sale
          </Button>
          <Button kind="primary" busy={isBusy} onClick={() => unsell()}>
            Take it off sale
          </Button>
        </>
      }
    >
      <Stack gap={4}>
        <ProblemNotice title="The model is still for sale" problem={problem} />
        <p>
          It is for sale for {formatAmount(sale.price)}. From the next block on nobody can buy it, and you own it as
          before.
        </p>
      </Stack>
    </Dialog>
  );
}
