'use client';
/** Leaves the market as a provider. */
import { formatAmount } from '../../lib/market/amounts.ts';
import { useCockpit } from '../cockpit.tsx';
import { Consequences } from '../own/consequences.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Stack } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { useAction } from '../use-action.ts';
import { SignerNotice } from './signer-notice.tsx';
import { useProviderAccount } from './use-provider-account.ts';

interface LeaveDialogProps {
  readonly stake: bigint;
  readonly onClose: () => void;
}

export function LeaveDialog({ stake, onClose }: LeaveDialogProps) {
  const { providing } = useCockpit();
  const account = useProviderAccount();
  const { isBusy, problem, run } = useAction(async () => {
    await providing.leave();
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title="Leave the market?"
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            Stay
          </Button>
          <Button kind="danger" busy={isBusy} disabled={account === null} onClick={() => run()}>
            Sign and leave
          </Button>
        </>
      }
    >
      <Stack gap={4}>
        <ProblemNotice title="You have not left" problem={problem} />
        <SignerNotice />
        <Consequences
          items={[
            {
              tone: 'bad',
              text: 'From the next block on the account can place no bid, neither here nor anywhere else.',
            },
            { tone: 'plain', text: 'Bids and agreements that are open are carried out: keep this tab open for them.' },
            {
              tone: 'good',
              text: `Your stake of ${formatAmount(stake)} and the deposits can be withdrawn some time after, here, with a second signature.`,
            },
            { tone: 'plain', text: 'To pause, it is enough to switch off: that costs nothing and needs no signature.' },
          ]}
        />
      </Stack>
    </Dialog>
  );
}
