'use client';
/** Takes the key of this browser its rights. */
import type { OperatorInfo } from '../../lib/cockpit/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Consequences } from '../own/consequences.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Stack } from '../ui/layout.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { useAction } from '../use-action.ts';
import { SignerNotice } from './signer-notice.tsx';
import { hasOutstanding, outstandingText } from './state-words.ts';
import { useProviderAccount } from './use-provider-account.ts';

interface RevokeDialogProps {
  readonly operator: OperatorInfo;
  readonly onClose: () => void;
}

export function RevokeDialog({ operator: { free }, onClose }: RevokeDialogProps) {
  const { providing } = useCockpit();
  const status = useObservable(providing.status);
  const account = useProviderAccount();
  const { isBusy, problem, run } = useAction(async () => {
    await providing.revoke();
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title="Revoke the key of this browser?"
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            Keep it
          </Button>
          <Button kind="danger" icon="lock" busy={isBusy} disabled={account === null} onClick={() => run()}>
            Sign and revoke
          </Button>
        </>
      }
    >
      <Stack gap={4}>
        <ProblemNotice title="The key was not revoked" problem={problem} />
        <SignerNotice />
        {hasOutstanding(status) && (
          <Notice tone="warning" title={`You have promised: ${outstandingText(status)}`}>
            Nobody answers these after that: they are refunded with a penalty from your stake. Finish first if you can.
          </Notice>
        )}
        <Consequences
          items={[
            {
              tone: 'bad',
              text: 'This browser can bid and answer no more, from the next block on, and is switched off.',
            },
            { tone: 'good', text: `What it has left for fees, ${formatAmount(free)}, comes back to your account.` },
            { tone: 'good', text: 'Stake, earnings, record and offers of your account stay as they are.' },
            { tone: 'plain', text: 'You can set this browser up again at any time, with one signature.' },
          ]}
        />
      </Stack>
    </Dialog>
  );
}
