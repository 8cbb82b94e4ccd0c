'use client';
/** Ends serving a model. */
import type { ServedModelInfo } from '../../lib/cockpit/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { Consequences } from '../own/consequences.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Stack } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { useAction } from '../use-action.ts';

interface RemoveDialogProps {
  readonly info: ServedModelInfo;
  readonly onClose: () => void;
}

/** Says what removing means, and does it; an offer on chain has to be withdrawn with a signature. */
export function RemoveDialog({ info: { model, name, isAnnounced }, onClose }: RemoveDialogProps) {
  const { providing } = useCockpit();
  const { isBusy, problem, run } = useAction(async () => {
    await providing.remove(model);
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Serve ${name} no more?`}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            Keep serving it
          </Button>
          <Button kind="danger" busy={isBusy} onClick={() => run()}>
            {isAnnounced ? 'Sign and remove' : 'Remove'}
          </Button>
        </>
      }
    >
      <Stack gap={4}>
        <ProblemNotice title="The model was not removed" problem={problem} />
        <Consequences
          items={[
            { tone: 'plain', text: 'Its file is removed from this browser. You can fetch it again at any time.' },
            ...(isAnnounced
              ? [
                  {
                    tone: 'bad',
                    text: 'Your offer is withdrawn on chain, which your wallet signs; its deposit comes back.',
                  } as const,
                  {
                    tone: 'bad',
                    text: 'Open bids and agreements for it still bind you. Finish them before you remove it.',
                  } as const,
                ]
              : []),
          ]}
        />
      </Stack>
    </Dialog>
  );
}
