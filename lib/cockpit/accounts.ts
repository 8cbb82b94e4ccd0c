/** Accounts: those of wallets, and on development chains the well-known ones. */
import type { AiroChain } from '../chain/airo-chain.ts';
import type { AccountSigner } from '../chain/signer.ts';
import { AIRO, formatAmount } from '../market/amounts.ts';
import type { Account, Included } from '../market/chain.ts';
import type { Address } from '../market/types.ts';
import { NoAccount, NotDevelopment } from './errors.ts';
import type { Network } from './network.ts';
import { until, Value } from './observable.ts';
import { keepPreference, preference } from './preferences.ts';
import type { Transactions } from './transactions.ts';
import type { Accounts, CockpitAccount, Observable, WalletStatus } from './types.ts';
import { connectWallets, type WalletConnection } from './wallets.ts';

const developmentNames = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie'] as const;
const faucetAmount = 100n * AIRO;

export class CockpitAccounts implements Accounts {
  readonly status = new Value<WalletStatus>({ state: 'idle', wallets: [], problem: null });
  readonly all = new Value<readonly CockpitAccount[]>([]);
  readonly chosen = new Value<CockpitAccount | null>(null);
  readonly #network: Observable<Network | null>;
  readonly #transactions: Transactions;
  /** The chain, once there is a connection. */
  readonly #chain: () => Promise<AiroChain>;
  readonly #closing = new AbortController();
  readonly #development = new Map<Address, AccountSigner>();
  #developmentAccounts: readonly CockpitAccount[] = [];
  #walletAccounts: readonly CockpitAccount[] = [];
  #connection: WalletConnection | null = null;
  #connecting: Promise<void> | null = null;

  constructor(network: Observable<Network | null>, transactions: Transactions, chain: () => Promise<AiroChain>) {
    this.#network = network;
    this.#transactions = transactions;
    this.#chain = chain;
  }

  /** The network is known: the development accounts are made, and wallets that were connected before are asked again. */
  async begin({ info }: Network): Promise<void> {
    if (preference('wallet') === 'connected') void this.connect();
    if (!info.isDevelopment) return;
    const { accountFromSecret } = await import('../chain/signer.ts');
    const accounts: CockpitAccount[] = [];
    for (const name of developmentNames) {
      const signer = await accountFromSecret(`//${name}`);
      const address = await addressOf(signer.pair.publicKey, info.addressPrefix);
      this.#development.set(address, signer);
      accounts.push({ address, name, kind: 'development', source: 'Development' });
    }
    this.#developmentAccounts = accounts;
    this.#update();
  }

  connect(): Promise<void> {
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = null));
    return this.#connecting;
  }

  disconnect(): void {
    keepPreference('wallet', null);
    this.#connection?.close();
    this.#connection = null;
    this.#walletAccounts = [];
    this.status.set({ state: 'idle', wallets: [], problem: null });
    this.#update();
  }

  choose(address: Address | null): void {
    keepPreference(this.#chosenName, address);
    this.#update();
  }

  async faucet(to: Address, amount = faucetAmount): Promise<Included> {
    if (this.#network.get()?.info.isDevelopment !== true) {
      throw new NotDevelopment('Only a development chain gives money away.');
    }
    const giver = this.#developmentAccounts.find(({ address }) => address !== to);
    if (giver === undefined) throw new NoAccount('The development accounts are not there yet. Try again in a moment.');
    const name = this.all.get().find(({ address }) => address === to)?.name ?? 'another account';
    const title = `Get ${formatAmount(amount)} for ${name}`;
    return this.#transactions.submit(await this.account(giver.address), { call: 'transfer', to, amount }, { title });
  }

  /**
   * An account that can sign; its transactions are in the list.
   *
   * @throws {NoAccount} when it is not among those that are here; what connecting to the chain throws
   */
  async account(address: Address): Promise<Account> {
    const known = this.all.get().find((account) => account.address === address);
    if (known === undefined) {
      throw new NoAccount(`The account ${address} is not here. Connect the wallet that has it.`);
    }
    const signer = await this.#signer(known);
    return (await this.#chain()).account(signer);
  }

  /** @throws {NoAccount} when none is chosen */
  async chosenAccount(): Promise<Account> {
    const chosen = this.chosen.get();
    if (chosen === null) throw new NoAccount('No account is chosen. Choose one first, or connect a wallet.');
    return this.account(chosen.address);
  }

  close(): void {
    this.#closing.abort(new Error('The session is over.'));
    this.#connection?.close();
  }

  async #signer(account: CockpitAccount): Promise<AccountSigner> {
    const own = this.#development.get(account.address);
    if (own !== undefined && account.kind === 'development') return own;
    if (this.#connection === null) throw new NoAccount('The wallet is not connected. Connect it first.');
    return this.#connection.signer(account);
  }

  async #connect(): Promise<void> {
    const { signal } = this.#closing;
    const network = await until(this.#network, (known) => known !== null, signal);
    this.#connection?.close();
    this.#connection = await connectWallets(
      network.info.addressPrefix,
      {
        onStatus: (status) => {
          this.status.set(status);
          if (status.state === 'ready') keepPreference('wallet', 'connected');
        },
        onAccounts: (accounts) => {
          this.#walletAccounts = accounts;
          this.#update();
        },
      },
      signal,
    );
  }

  get #chosenName(): string {
    return `account.${this.#network.get()?.id ?? ''}`;
  }

  #update(): void {
    // Who has a well-known account in a wallet means that one.
    const inWallets = new Set(this.#walletAccounts.map(({ address }) => address));
    const development = this.#developmentAccounts.filter(({ address }) => !inWallets.has(address));
    this.all.set([...this.#walletAccounts, ...development]);
    const wanted = preference(this.#chosenName);
    const [only, ...others] = this.#walletAccounts;
    const found = this.all.get().find(({ address }) => address === wanted);
    // Whoever connects a wallet with one account wants that one.
    const chosen = found ?? (wanted === null && others.length === 0 ? (only ?? null) : null);
    if (chosen?.address !== this.chosen.get()?.address || chosen?.name !== this.chosen.get()?.name) {
      this.chosen.set(chosen);
    }
  }
}

async function addressOf(publicKey: Uint8Array, prefix: number): Promise<Address> {
  const { encodeAddress } = await import('@polkadot/util-crypto');
  return encodeAddress(publicKey, prefix);
}
