'use client';
/** What the wallets of this browser say, and what to do. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { walletAdvice } from './wallet-advice.ts';
import styles from './wallet-notice.module.css';

/** The state of the wallets with the way on. */
export function WalletNotice() {
  const { accounts, network } = useCockpit();
  const { state, problem, wallets } = useObservable(accounts.status);
  const isDevelopment = useObservable(network)?.isDevelopment ?? false;
  const { title, text, tone, button } = walletAdvice(state, isDevelopment);
  return (
    <Notice
      tone={tone}
      title={title}
      actions={
        button === null && state !== 'connecting' ? undefined : (
          <Button kind="primary" size="s" busy={state === 'connecting'} onClick={() => void accounts.connect()}>
            {button ?? 'Waiting for your answer'}
          </Button>
        )
      }
    >
      <p>{text}</p>
      {wallets.length > 0 && (
        <p>
          {wallets.map(({ name, version }) => (
            <span key={name} className={styles.wallet}>
              {name} {version}
            </span>
          ))}
        </p>
      )}
      {/* Every other state says itself what is wrong. */}
      {problem !== null && state === 'idle' && (
        <p className={styles.detail}>
          {problem.message} <code>{problem.name}</code>
        </p>
      )}
    </Notice>
  );
}
