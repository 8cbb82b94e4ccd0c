/** What each state of the wallets means, and what to do about it. */
import type { WalletState } from '../../lib/cockpit/types.ts';
import type { NoticeTone } from '../ui/notice.tsx';

export interface WalletAdvice {
  readonly title: string;
  readonly text: string;
  readonly tone: NoticeTone;
  /** What the button says that asks the wallets; `null` where asking would change nothing. */
  readonly button: string | null;
}

/** What to say about the wallets. @param isDevelopment whether the chain has well-known accounts as well */
export function walletAdvice(state: WalletState, isDevelopment: boolean): WalletAdvice {
  const without = isDevelopment
    ? ' On this development chain the well-known accounts below work without a wallet.'
    : '';
  switch (state) {
    case 'idle':
      return {
        title: 'Connect a wallet',
        text: `A wallet extension keeps your keys and signs each transaction after showing it to you. This page never sees a key.${without}`,
        tone: 'info',
        button: 'Connect wallet',
      };
    case 'connecting':
      return {
        title: 'Asking your wallet',
        text: 'If nothing opens, look for the extension’s icon beside the address bar: it may wait for you to let this page in.',
        tone: 'info',
        button: null,
      };
    case 'noWallet':
      return {
        title: 'There is no wallet in this browser',
        text: `Install a wallet extension for Polkadot chains, such as Polkadot.js, Talisman or SubWallet, then look again.${without}`,
        tone: 'warning',
        button: 'Look again',
      };
    case 'refused':
      return {
        title: 'Your wallet does not let this page in',
        text: 'You, or an earlier answer that the wallet remembers, refused. Allow this page in the extension’s settings for website access, then ask again.',
        tone: 'warning',
        button: 'Ask again',
      };
    case 'noAccounts':
      return {
        title: 'Your wallet has no account for this page',
        text: 'Make an account in the extension, or share one with this page in its settings for website access, then look again.',
        tone: 'warning',
        button: 'Look again',
      };
    case 'ready':
      return {
        title: 'Wallet connected',
        text: 'It asks you before each signature.',
        tone: 'good',
        button: null,
      };
  }
}
