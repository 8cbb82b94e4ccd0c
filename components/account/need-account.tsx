'use client';
/** Stands where something needs an account and none is chosen. */
import { useState } from 'react';

import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { AccountDialog } from './account-dialog.tsx';

interface NeedAccountProps {
  /** What would be there: `your models`, `your agreements`. */
  readonly what: string;
  /** In place of the sentence that asks for an account to see that. */
  readonly title?: string;
}

/** Says that an account is needed, and opens the chooser. */
export function NeedAccount({ what, title = `Choose an account to see ${what}` }: NeedAccountProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <EmptyState
        icon="account"
        title={title}
        actions={
          <Button kind="primary" icon="account" onClick={() => setOpen(true)}>
            Choose account
          </Button>
        }
      >
        Accounts come from a wallet extension in this browser; this page never sees a key.
      </EmptyState>
      <AccountDialog open={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}
