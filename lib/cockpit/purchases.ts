/** Buying, for views: orders, sending, results, and what is kept of them. */
import type { AiroChain } from '../chain/airo-chain.ts';
import { CannotPayFees, InvalidOrder, UnknownAgreement } from '../consumer/errors.ts';
import type { Dx, Ports, SentRequest, Store } from '../consumer/ports.ts';
import type { Wish } from '../consumer/terms.ts';
import { formatAmount } from '../market/amounts.ts';
import type { Account } from '../market/chain.ts';
import type { Address, Agreement, Description } from '../market/types.ts';
import type { AgreementWork, Surroundings } from './agreement-work.ts';
import type { CockpitAccounts } from './accounts.ts';
import type { BrowserKeys } from './browser-keys.ts';
import { consumerStore, sentPrefix } from './consumer-store.ts';
import { describeCalls } from './describe-call.ts';
import { NoAccount, NotKept } from './errors.ts';
import { History, isOpen, tabAnnouncements } from './history.ts';
import { tabLocks } from './locks.ts';
import type { Network } from './network.ts';
import { until, Value } from './observable.ts';
import { problemOf } from './problem.ts';
import type { ResultContext } from './results.ts';
import { CockpitSender, topUpOf } from './sender.ts';
import type { Storage } from './storage.ts';
import { TabTurn } from './tab-turn.ts';
import type { Transactions } from './transactions.ts';
import type {
  Backup,
  InferenceInfo,
  Observable,
  Purchases,
  SenderStatus,
  SendingPlan,
  SendingStatus,
  SendInput,
} from './types.ts';

/** What buying needs of the session. */
export interface PurchaseContext {
  readonly storage: Storage;
  readonly network: Observable<Network | null>;
  readonly accounts: CockpitAccounts;
  readonly transactions: Transactions;
  readonly keys: BrowserKeys;
  /** The chain and Dx, once they are there. */
  readonly chain: (signal: AbortSignal) => Promise<AiroChain>;
  readonly dx: (signal: AbortSignal) => Promise<Dx>;
  /** Connects this tab's peer of Dx straight to another page's. */
  readonly meet: (peer: string, signal: AbortSignal) => Promise<void>;
}

/** Labels lie on Dx as a text; more than this is none. */
const maxLabelBytes = 1024 ** 2;
const labelTimeoutMs = 30_000;

export class CockpitPurchases implements Purchases {
  readonly #context: PurchaseContext;
  readonly #closing = new AbortController();
  readonly #history: History;
  readonly #around: Surroundings;
  readonly #works = new Map<number, Promise<AgreementWork>>();
  readonly #statuses = new Map<number, Value<SendingStatus>>();
  readonly #sender: CockpitSender;
  #listens = false;

  constructor(context: PurchaseContext) {
    this.#context = context;
    const locks = tabLocks();
    const network = this.#network().then(({ id }) => id);
    const senderLock = async () => `airo-sender-${await network}`;
    this.#sender = new CockpitSender(context.keys, new TabTurn(locks, senderLock, this.#closing.signal));
    // Whoever waits for it says so; a session that ends before is no error.
    network.catch(() => undefined);
    this.#history = new History(context.storage, network, tabAnnouncements);
    this.#around = {
      history: this.#history,
      locks,
      lockName: async (agreement) => `airo-agreement-${await network}-${agreement}`,
      ports: (agreement, signs, signal) => this.#ports(agreement, signs, signal),
      asksNobody: (agreement) => this.#asksNobody(agreement),
      resultContext: (ports, model, version) => resultContext(ports, model, version, context.storage),
    };
  }

  get sender(): Observable<SenderStatus> {
    return this.#sender.status;
  }

  /** The chain is there: what was sent before is collected, and other tabs are listened to. */
  async begin(): Promise<void> {
    const { id, info } = await this.#network();
    await this.#sender.look();
    if (!this.#listens) {
      this.#listens = true;
      await this.#history.onOthers((agreement) => {
        if (this.#works.has(agreement)) void this.#work(agreement).then((work) => work.watchOthers());
      });
    }
    const sent = await this.#context.storage.entries(sentPrefix(id));
    const agreements = new Set(sent.map(([, value]) => (value as SentRequest).agreement));
    for (const agreement of await this.#history.agreements()) {
      // Only a development chain is begun anew; a look at the agreement finds that out.
      if (info.isDevelopment || (await this.#history.loaded(agreement)).some(isOpen)) {
        agreements.add(agreement);
      }
    }
    await Promise.all([...agreements].map((agreement) => this.#resumeByItself(agreement)));
  }

  async describe(wish: Wish) {
    const [{ checkTerms, describeOrder, fillTerms }, chain] = await Promise.all([
      import('../consumer/terms.ts'),
      this.#context.chain(this.#closing.signal),
    ]);
    const [rules, model] = await Promise.all([chain.rules(), chain.model(wish.model)]);
    const terms = fillTerms(wish, rules);
    if (model === null) throw new InvalidOrder(`There is no model ${wish.model}.`);
    checkTerms(terms, model, rules);
    return { terms, summary: describeOrder(terms, rules) };
  }

  async placeOrder(wish: Wish): Promise<number> {
    const { signal } = this.#closing;
    const account = await this.#context.accounts.chosenAccount();
    const { chainWithAccount, createEnvelopes, placeOrder } = await import('../consumer/index.ts');
    const chain = await this.#context.chain(signal);
    const store = await this.#store();
    // Asked for when there is something to lose; browsers that ask people do so once.
    void askToPersist();
    const ports = {
      chain: chainWithAccount(chain, this.#context.transactions.tracked(account)),
      envelopes: createEnvelopes(chain.genesisHash),
      store,
    };
    const sender = wish.sender ?? (await this.#sender.address()) ?? undefined;
    return (await placeOrder(ports, { ...wish, sender }, { signal })).order;
  }

  async plan(id: number, providers: readonly Address[]): Promise<SendingPlan> {
    const chain = await this.#context.chain(this.#closing.signal);
    const { readOrder } = await import('../consumer/index.ts');
    return this.#sender.plan(chain, await readOrder(chain, id), providers);
  }

  async accept(order: number, providers: readonly Address[]): Promise<readonly number[]> {
    const { signal } = this.#closing;
    const account = await this.#context.accounts.chosenAccount();
    const { acceptBids, chainWithAccount } = await import('../consumer/index.ts');
    const connected = await this.#context.chain(signal);
    const found = await connected.order(order);
    // What is no order any more may have been accepted by an attempt before.
    const plan = found === null ? null : await this.#sender.plan(connected, found, providers);
    const further = plan === null ? [] : topUpOf(plan);
    const tracked: Account = {
      address: account.address,
      submit: (calls, options = {}) =>
        this.#context.transactions.submit(account, calls, { ...options, title: titleOf(order, providers, plan) }),
    };
    const chain = chainWithAccount(connected, tracked);
    const { agreements } = await acceptBids(chain, order, providers, { signal }, further);
    return agreements.map(({ id }) => id);
  }

  async cancel(order: number): Promise<void> {
    await this.#submit({ call: 'cancelOrder', order });
  }

  async end(agreement: number): Promise<void> {
    this.stop(agreement);
    await this.#submit({ call: 'endAgreement', agreement });
  }

  async rate(agreement: number, stars: number): Promise<void> {
    await this.#submit({ call: 'rate', agreement, stars });
  }

  async send(agreement: number, inputs: readonly SendInput[]): Promise<void> {
    await (await this.#work(agreement)).send(inputs);
  }

  async resume(agreement: number): Promise<void> {
    await (await this.#work(agreement)).resume('anybody');
  }

  stop(agreement: number): void {
    void this.#works.get(agreement)?.then((work) => work.stop());
  }

  async sendAgain(inference: string): Promise<void> {
    for (const agreement of await this.#history.agreements()) {
      if (!(await this.#history.loaded(agreement)).some(({ id }) => id === inference)) continue;
      await (await this.#work(agreement)).sendAgain(inference);
      return;
    }
    throw new NotKept('This inference is not kept in this browser.');
  }

  inferences(agreement: number): Observable<readonly InferenceInfo[]> {
    return this.#history.list(agreement);
  }

  sending(agreement: number): Observable<SendingStatus> {
    const known = this.#statuses.get(agreement);
    if (known !== undefined) return known;
    const status = new Value<SendingStatus>({ isWorking: false, isElsewhere: false, trouble: null, problem: null });
    this.#statuses.set(agreement, status);
    void this.#work(agreement).then(
      (work) => work.watchOthers(),
      () => undefined,
    );
    return status;
  }

  async topUpSender(id: number): Promise<void> {
    const { signal } = this.#closing;
    const chain = await this.#context.chain(signal);
    const agreement = await chain.agreement(id);
    if (agreement === null) throw new UnknownAgreement(`There is no agreement ${id}, or the chain has removed it.`);
    const calls = await this.#sender.topUp(chain, agreement);
    if (calls.length === 0) return;
    const account = await this.#context.accounts.account(agreement.consumer);
    await this.#context.transactions.submit(account, calls, { signal });
  }

  async reclaimSender(): Promise<void> {
    const { signal } = this.#closing;
    const { address: to } = await this.#context.accounts.chosenAccount();
    const chain = await this.#context.chain(signal);
    const key = await this.#sender.account(chain);
    if ((await chain.balance(key.address)).free === 0n) {
      throw new CannotPayFees('The key of this browser has no money that could be taken back.');
    }
    await this.#context.transactions.submit(key, { call: 'transferAll', to }, { signal });
  }

  async compare(inferences: readonly InferenceInfo[], description: Description) {
    const { compareResults } = await import('../consumer/compare.ts');
    return compareResults(
      description,
      inferences.map(({ response }) => response),
    );
  }

  async exportAll(passphrase: string): Promise<Blob> {
    const { writeBackup } = await import('./backup.ts');
    return writeBackup(this.#context.storage, passphrase);
  }

  async importAll(file: Blob, passphrase: string): Promise<Backup> {
    const { readBackup } = await import('./backup.ts');
    const added = await readBackup(this.#context.storage, file, passphrase);
    await this.#history.refresh();
    return added;
  }

  async forget(agreement: number): Promise<void> {
    this.stop(agreement);
    await this.#history.forget(agreement);
  }

  /** Ends the work; the next visit goes on with it. */
  close(): void {
    this.#closing.abort(new Error('The session is over.'));
    this.#history.close();
  }

  /** Collecting needs no signature. Sending goes on by itself only where nobody has to sign. */
  async #resumeByItself(agreement: number): Promise<void> {
    const work = await this.#work(agreement);
    try {
      await work.resume('nobody');
    } catch (error) {
      if (this.#closing.signal.aborted || (error instanceof Error && error.name === 'BusyElsewhere')) return;
      work.status.patch({ problem: problemOf(error) });
    }
  }

  #work(agreement: number): Promise<AgreementWork> {
    const known = this.#works.get(agreement);
    if (known !== undefined) return known;
    const made = import('./agreement-work.ts').then(({ AgreementWork: Work }) => {
      const work = new Work(agreement, this.#around, this.#closing.signal);
      const status = this.#statuses.get(agreement) ?? new Value(work.status.get());
      this.#statuses.set(agreement, status);
      work.status.subscribe(() => status.set(work.status.get()));
      return work;
    });
    this.#works.set(agreement, made);
    return made;
  }

  async #asksNobody(agreement: Agreement): Promise<boolean> {
    if (await this.#sender.isFor(agreement)) return true;
    const consumer = this.#context.accounts.all.get().find(({ address }) => address === agreement.consumer);
    return consumer?.kind === 'development';
  }

  async #ports(agreement: Agreement | null, signs: boolean, signal: AbortSignal): Promise<Ports> {
    const [{ chainWithAccount, createEnvelopes }, { systemClock }, chain, dx, store] = await Promise.all([
      import('../consumer/index.ts'),
      import('../provider/clock.ts'),
      this.#context.chain(signal),
      this.#context.dx(signal),
      this.#store(),
    ]);
    if (agreement !== null) void this.#meet(chain, agreement.provider);
    const account =
      signs && agreement !== null ? await this.#signer(chain, agreement) : readOnly(agreement?.consumer ?? '');
    return {
      chain: chainWithAccount(chain, account),
      ...{ dx, store, clock: systemClock, envelopes: createEnvelopes(chain.genesisHash) },
    };
  }

  /** Payloads and results then go straight from tab to tab; where that cannot be, by the servers of Dx. */
  async #meet(chain: AiroChain, provider: Address): Promise<void> {
    try {
      const { kind, peer } = (await chain.provider(provider))?.profile ?? {};
      if (kind === 'browser' && peer) await this.#context.meet(peer, this.#closing.signal);
    } catch {
      // Everything works without.
    }
  }

  /** Who signs requests: this browser's key where the agreement names it, else the consumer's own account. */
  async #signer(chain: AiroChain, agreement: Agreement): Promise<Account> {
    const account = (await this.#sender.isFor(agreement))
      ? await this.#sender.account(chain)
      : await this.#context.accounts.account(agreement.consumer);
    return this.#context.transactions.tracked(account);
  }

  async #submit(call: Parameters<Account['submit']>[0]): Promise<void> {
    const account = await this.#context.accounts.chosenAccount();
    await this.#context.transactions.submit(account, call, { signal: this.#closing.signal });
  }

  async #store(): Promise<Store> {
    return consumerStore(this.#context.storage, (await this.#network()).id);
  }

  #network(): Promise<Network> {
    return until(this.#context.network, (network) => network !== null, this.#closing.signal);
  }
}

/** What the list of transactions calls an acceptance. */
function titleOf(order: number, providers: readonly Address[], plan: SendingPlan | null): string {
  const accepting = describeCalls([{ call: 'acceptBids', order, providers }]);
  const { topUp = 0n } = plan ?? {};
  return topUp === 0n ? accepting : `${accepting}, with ${formatAmount(topUp)} for the fees of sending`;
}

/** An account for looking only. */
function readOnly(address: Address): Account {
  return {
    address,
    submit: () =>
      Promise.reject(new NoAccount('The account of this agreement is not here. Connect the wallet that has it.')),
  };
}

async function askToPersist(): Promise<void> {
  try {
    await (navigator as { storage?: StorageManager }).storage?.persist();
  } catch {
    // The browser decides; nothing depends on it.
  }
}

async function resultContext(
  { chain, dx }: Ports,
  model: number,
  version: number,
  storage: Storage,
): Promise<ResultContext | null> {
  const found = await chain.modelVersion(model, version);
  if (found === null) return null;
  const { description } = found;
  const { labelNames } = await import('../inference/classify.ts');
  if (description.labels.kind !== 'content') return { description, labels: labelNames(description.labels) };
  const { content } = description.labels;
  const key = `cache/labels/${content}`;
  const kept = await storage.get(key);
  if (typeof kept === 'string') return { description, labels: labelNames(description.labels, kept) };
  const signal = AbortSignal.timeout(labelTimeoutMs);
  const bytes = await dx.download(content, { maxBytes: maxLabelBytes, timeoutMs: labelTimeoutMs, signal });
  const text = new TextDecoder().decode(bytes);
  await storage.write([{ key, value: text }]);
  return { description, labels: labelNames(description.labels, text) };
}
