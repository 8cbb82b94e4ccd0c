'use client';
/** Stands where the provider's account has to sign and is not there. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Address } from '../ui/values.tsx';
import { useProviderAccount } from './use-provider-account.ts';

/** Nothing while the account is there. */
export function SignerNotice() {
  const { providing, accounts } = useCockpit();
  const { provider } = useObservable(providing.status);
  const { state } = useObservable(accounts.status);
  const account = useProviderAccount();
  if (account !== null || provider === null) return null;
  return (
    <Notice
      tone="warning"
      title="The wallet with this account is not connected"
      actions={
        <Button size="s" busy={state === 'connecting'} onClick={() => void accounts.connect()}>
          Connect wallet
        </Button>
      }
    >
      Only <Address address={provider} /> can sign this. Bidding and answering go on without it.
    </Notice>
  );
}
