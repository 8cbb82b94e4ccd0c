/** What the account does that provides: everything that its wallet signs. */
import type { AiroChain } from '../../chain/airo-chain.ts';
import type { Call } from '../../market/chain.ts';
import type { Address } from '../../market/types.ts';
import { readAll } from '../../provider/snapshot.ts';
import type { CockpitAccounts } from '../accounts.ts';
import type { BrowserKey } from '../browser-keys.ts';
import { InvalidSetup, NoAccount } from '../errors.ts';
import type { Transactions } from '../transactions.ts';
import type { ServedModelInfo, SetupWish } from '../types.ts';
import { readFacts } from './chain-facts.ts';
import { browserProfile } from './identity.ts';
import type { Identity } from './kept.ts';
import { checkMoney, planSetup, type Setup } from './plan.ts';

const PAGE = 100;

export interface OwnerOptions {
  readonly chain: AiroChain;
  readonly accounts: CockpitAccounts;
  readonly transactions: Transactions;
  readonly signal: AbortSignal;
}

export class Owner {
  readonly #options: OwnerOptions;

  constructor(options: OwnerOptions) {
    this.#options = options;
  }

  /** @throws {InvalidSetup} {ChainUnavailable} {NoAccount} */
  async plan(
    wish: SetupWish,
    key: BrowserKey,
    identity: Identity,
    models: readonly ServedModelInfo[],
  ): Promise<Setup & { readonly account: Address }> {
    const { chain, accounts } = this.#options;
    const account = accounts.chosen.get()?.address;
    if (account === undefined) throw new NoAccount('No account is chosen. Choose one first, or connect a wallet.');
    const [facts, rules, { free }, profile] = await Promise.all([
      readFacts(chain, account, this.address(key)),
      chain.rules(),
      chain.balance(account),
      browserProfile(identity, wish.name, chain.genesisHash, account),
    ]);
    const setup = planSetup(wish, {
      ...{ found: facts.provider, offers: facts.offers, rules, free, profile, models },
      operator: { address: this.address(key), free: facts.free },
      existentialDeposit: facts.existentialDeposit,
    });
    const fee = setup.calls.length === 0 ? 0n : await chain.estimateFee(setup.calls);
    checkMoney(setup, fee, facts.existentialDeposit);
    return { ...setup, account };
  }

  /** A key's address with the chain's prefix. */
  address({ signer }: BrowserKey): Address {
    return this.#options.chain.account(signer).address;
  }

  /** Signs with an account's wallet. @throws {NoAccount} when it is not here; what `submit` throws */
  async submit(account: Address, calls: readonly Call[], title?: string): Promise<void> {
    const { accounts, transactions, signal } = this.#options;
    const signs = await accounts.account(account);
    await transactions.submit(signs, calls, { signal, ...(title === undefined ? {} : { title }) });
  }

  async topUp(account: Address, key: BrowserKey, amount: bigint): Promise<void> {
    if (amount <= 0n) throw new InvalidSetup('Give the key of this browser more than 0.');
    const title = 'Give the key of this browser money for fees';
    await this.submit(account, [{ call: 'transfer', to: this.address(key), amount }], title);
  }

  /** Takes the key its rights; nothing is signed when it has none. */
  async revoke(account: Address, key: BrowserKey): Promise<void> {
    const { chain } = this.#options;
    const operator = this.address(key);
    const [provider, agreements] = await Promise.all([
      chain.provider(account),
      readAll(
        (after: number | undefined) =>
          chain.agreementsOf(account, after === undefined ? { limit: PAGE } : { after, limit: PAGE }),
        ({ agreement }) => agreement.id,
      ),
    ]);
    const calls: Call[] = [];
    if (provider?.operator?.account === operator) calls.push({ call: 'setOperator', operator: null });
    for (const { role, agreement } of agreements) {
      const { id, state, responder } = agreement;
      if (role !== 'provider' || state.kind !== 'active' || responder !== operator) continue;
      calls.push({ call: 'replaceOperator', agreement: id, operator: null });
    }
    if (calls.length > 0) await this.submit(account, calls, 'Take the key of this browser its rights');
  }

  /** Sends all that the key has to an account; the key itself signs. */
  async takeBack(account: Address, key: BrowserKey): Promise<void> {
    const { chain, transactions, signal } = this.#options;
    const { free } = await chain.balance(this.address(key));
    if (free === 0n) return;
    const title = 'Take back what the key of this browser has left';
    await transactions.submit(chain.account(key.signer), { call: 'transferAll', to: account }, { signal, title });
  }
}
