'use client';
/** Takes an order back, after asking. */
import { useState } from 'react';

import type { Order } from '../../lib/market/types.ts';
import type { Action } from '../use-action.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { Amount } from '../ui/values.tsx';

interface CancelOrderProps {
  readonly order: Order;
  readonly cancel: Action<readonly []>;
}

export function CancelOrder({ order, cancel }: CancelOrderProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button kind="quiet" icon="close" onClick={() => setOpen(true)}>
        Cancel the order
      </Button>
      <Dialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title={`Cancel order #${order.id}?`}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button kind="danger" busy={cancel.isBusy} onClick={cancel.run}>
              Cancel the order
            </Button>
          </>
        }
      >
        <p>
          All bids fall away, and the <Amount value={order.held} /> that it holds are yours again. Only the fee of the
          transaction is spent.
        </p>
        <ProblemNotice title="The order was not cancelled" problem={cancel.problem} />
      </Dialog>
    </>
  );
}
