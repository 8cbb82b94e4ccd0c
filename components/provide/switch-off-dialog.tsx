'use client';
/** Asks before promises are broken. */
import type { ProvidingStatus } from '../../lib/cockpit/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { Consequences } from '../own/consequences.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Stack } from '../ui/layout.tsx';
import { outstandingText } from './state-words.ts';

interface SwitchOffDialogProps {
  readonly status: ProvidingStatus;
  readonly onClose: () => void;
}

/** Says what switching off at once would cost, and offers to finish first. */
export function SwitchOffDialog({ status, onClose }: SwitchOffDialogProps) {
  const { providing } = useCockpit();
  const left = outstandingText(status);
  const act = (action: () => void) => () => {
    action();
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Switch off with work outstanding?"
      actions={
        <>
          <Button kind="danger" onClick={act(() => providing.stop())}>
            Switch off now
          </Button>
          {status.phase !== 'draining' && (
            <Button kind="primary" icon="pause" onClick={act(() => providing.drain())}>
              Finish, then off
            </Button>
          )}
        </>
      }
    >
      <Stack gap={4}>
        <p>{left === '' ? 'Everything that was promised is done by now.' : `You have promised: ${left}.`}</p>
        <Consequences
          items={[
            {
              tone: 'bad',
              text: 'What is not answered in time is refunded, a penalty is taken from your stake, and it counts in your record.',
            },
            {
              tone: 'bad',
              text: 'Bids bind: one that is accepted while you are off becomes an agreement that nobody answers.',
            },
            {
              tone: 'good',
              text: 'Finishing takes no new work and switches off by itself when everything is done. The tab must stay open until then.',
            },
            { tone: 'plain', text: 'Switched on again in time, this browser goes on where it stopped.' },
          ]}
        />
      </Stack>
    </Dialog>
  );
}
