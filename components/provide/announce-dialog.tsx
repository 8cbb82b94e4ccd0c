'use client';
/** Offers a model on the market. */
import type { ServedModelInfo } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { announcedWith } from './offers.ts';
import { SignDialog } from './sign-dialog.tsx';
import { wishOf } from './setup-fields.ts';
import { useCurrentSetup } from './use-current-setup.ts';

interface AnnounceDialogProps {
  readonly info: ServedModelInfo;
  readonly onClose: () => void;
}

/** Shows what is signed so that consumers see the model with its measured time, and this browser can bid for it. */
export function AnnounceDialog({ info: { model, name }, onClose }: AnnounceDialogProps) {
  const served = useObservable(useCockpit().providing.models);
  const current = useCurrentSetup();
  return (
    <SignDialog
      title={`Announce ${name}`}
      submit="Sign and announce"
      failure="The model was not announced"
      wish={current && wishOf(current, announcedWith(served, [model]))}
      onClose={onClose}
    >
      <p>
        The chain learns that you serve it, with the time that was measured here. Only then does it take your bids for
        it. The key of this browser cannot do that: the account signs.
      </p>
    </SignDialog>
  );
}
