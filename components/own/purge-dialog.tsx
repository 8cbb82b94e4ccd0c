'use client';
/** Removes a retired model from the chain. */
import type { Model } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Stack } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { Consequences } from './consequences.tsx';
import { useAction } from '../use-action.ts';

/** Says what removing means, and signs. */
export function PurgeDialog({
  model: { id, newest },
  onClose,
}: {
  readonly model: Model;
  readonly onClose: () => void;
}) {
  const cockpit = useCockpit();
  const {
    isBusy,
    problem,
    run: purge,
  } = useAction(async () => {
    await cockpit.submit({ call: 'purgeModel', model: id });
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Remove ${newest.description.name}?`}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            Keep it
          </Button>
          <Button kind="danger" icon="trash" busy={isBusy} onClick={() => purge()}>
            Remove it
          </Button>
        </>
      }
    >
      <Stack gap={4}>
        <ProblemNotice title="The model was not removed" problem={problem} />
        <Consequences
          items={[
            { tone: 'good', text: 'The deposits for the model and its versions go back to whoever paid them.' },
            { tone: 'bad', text: 'Its NFT, its versions and its statistics are gone from the chain.' },
            { tone: 'plain', text: 'It works once no open order and no stored agreement refers to the model.' },
          ]}
        />
      </Stack>
    </Dialog>
  );
}
