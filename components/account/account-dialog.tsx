'use client';
/** Chooses the account with which everything is signed. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { LinkButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Muted, Stack } from '../ui/layout.tsx';
import { AccountChoice } from './account-choice.tsx';
import { WalletNotice } from './wallet-notice.tsx';

interface AccountDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** The dialog with the wallets and their accounts. */
export function AccountDialog({ open, onClose }: AccountDialogProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Account"
      actions={
        <span onClickCapture={onClose}>
          <LinkButton href="/account/" kind="quiet">
            Balance, activity and backup
          </LinkButton>
        </span>
      }
    >
      <Content onClose={onClose} />
    </Dialog>
  );
}

/** Of its own, so that balances are read while the dialog is open only. */
function Content({ onClose }: Pick<AccountDialogProps, 'onClose'>) {
  const { accounts } = useCockpit();
  const { state } = useObservable(accounts.status);
  const all = useObservable(accounts.all);
  return (
    <Stack gap={5}>
      {state !== 'ready' && <WalletNotice />}
      <AccountChoice onChosen={onClose} />
      {state === 'ready' && all.length === 0 && <Muted>Your wallet shares no account with this page.</Muted>}
    </Stack>
  );
}
