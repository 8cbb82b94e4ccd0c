/** Wallet extensions, by `@polkadot/extension-dapp`. That package looks at the page when it is loaded, so it is loaded late. */
import type { AccountSigner } from '../chain/signer.ts';
import { pause } from '../chain/waiting.ts';
import { problemOf } from './problem.ts';
import type { CockpitAccount, WalletStatus } from './types.ts';

/** What wallets are told that the page is called. */
const appName = 'Airo Cockpit';
/** Extensions put themselves into a page some time after it was loaded. */
const injection = { triesMs: 50, withinMs: 1_000 } as const;

interface Injected {
  readonly injectedWeb3?: Readonly<Record<string, unknown>>;
}

/** What the wallets let this page see. */
export interface WalletConnection {
  /** How a wallet's account signs. @throws when the wallet is gone */
  signer(account: CockpitAccount): Promise<AccountSigner>;
  close(): void;
}

/** What is told while the wallets are connected. */
export interface WalletListener {
  readonly onStatus: (status: WalletStatus) => void;
  /** Called with all accounts, at once and whenever a wallet changes them. */
  readonly onAccounts: (accounts: readonly CockpitAccount[]) => void;
}

/**
 * Asks the wallets of this browser for their accounts. A person may have to answer there.
 *
 * @param addressPrefix the SS58 prefix of the accounts' addresses
 */
export async function connectWallets(
  addressPrefix: number,
  { onStatus, onAccounts }: WalletListener,
  signal: AbortSignal,
): Promise<WalletConnection | null> {
  const say = (state: WalletStatus['state'], problem: Error | null = null, wallets: WalletStatus['wallets'] = []) =>
    onStatus({ state, wallets, problem: problem === null ? null : problemOf(problem) });
  say('connecting');
  try {
    if (!(await isInjected(signal))) {
      say('noWallet');
      return null;
    }
    const dapp = await import('@polkadot/extension-dapp');
    const enabled = await dapp.web3Enable(appName);
    signal.throwIfAborted();
    if (enabled.length === 0) {
      say('refused', new Error('The wallet does not let this page in. Allow it in the wallet, and connect again.'));
      return null;
    }
    const wallets = enabled.map(({ name, version }) => ({ name, version }));
    const stop = await dapp.web3AccountsSubscribe(
      (injected) => {
        const accounts = injected.map(({ address, meta }) => ({
          ...{ address, name: meta.name ?? 'Account', kind: 'wallet' as const, source: meta.source },
        }));
        onAccounts(accounts);
        say(accounts.length === 0 ? 'noAccounts' : 'ready', null, wallets);
      },
      // An Ethereum account cannot sign for this chain.
      { ss58Format: addressPrefix, accountType: ['sr25519', 'ed25519', 'ecdsa'] },
    );
    return {
      async signer({ address, source }) {
        const { signer } = await dapp.web3FromSource(source);
        return { kind: 'wallet', address, signer };
      },
      close: stop,
    };
  } catch (error) {
    if (signal.aborted) return null;
    say('refused', error instanceof Error ? error : new Error(String(error)));
    return null;
  }
}

async function isInjected(signal: AbortSignal): Promise<boolean> {
  const page = globalThis as Injected;
  for (let waitedMs = 0; ; waitedMs += injection.triesMs) {
    if (Object.keys(page.injectedWeb3 ?? {}).length > 0) return true;
    if (waitedMs >= injection.withinMs) return false;
    await pause(injection.triesMs, signal);
  }
}
