'use client';
/** Retires a model. */
import type { Model } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Stack } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { Consequences } from './consequences.tsx';
import { useAction } from '../use-action.ts';

/** Says what retiring means, and signs. */
export function RetireDialog({
  model: { id, newest },
  onClose,
}: {
  readonly model: Model;
  readonly onClose: () => void;
}) {
  const { owning } = useCockpit();
  const {
    isBusy,
    problem,
    run: retire,
  } = useAction(async () => {
    await owning.retire(id);
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Retire ${newest.description.name}?`}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            Keep it open
          </Button>
          <Button kind="danger" busy={isBusy} onClick={() => retire()}>
            Retire for good
          </Button>
        </>
      }
    >
      <Stack gap={4}>
        <ProblemNotice title="The model was not retired" problem={problem} />
        <Consequences
          items={[
            {
              tone: 'bad',
              text: 'Nobody can order it any more, providers cannot announce it, and no version can be published.',
            },
            { tone: 'good', text: 'Open orders and agreements go on, and pay their royalties as agreed.' },
            {
              tone: 'good',
              text: 'You still own its NFT. Once nothing refers to it any more you can remove it and get the deposits back.',
            },
            {
              tone: 'bad',
              text: 'It cannot be taken back: to offer the model again you would register it anew, with another file.',
            },
          ]}
        />
      </Stack>
    </Dialog>
  );
}
