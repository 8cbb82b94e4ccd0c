/**
 * The books at the end of a soak, from the blocks alone and by another library than the market's own: what every account
 * must have by all that happened since the first block, against what it has.
 */
import { ApiPromise, WsProvider } from '@polkadot/api';
import type { ApiDecoration } from '@polkadot/api/types';
import type { EventRecord } from '@polkadot/types/interfaces';

/** One check: what must be, and what is. */
export interface Check {
  readonly what: string;
  readonly right: boolean;
  readonly detail: string;
}

export interface Audit {
  readonly blocks: number;
  readonly accounts: number;
  readonly fees: bigint;
  readonly agreements: readonly AuditedAgreement[];
  readonly checks: readonly Check[];
}

/** An agreement by its events. */
interface AuditedAgreement {
  readonly id: string;
  readonly consumer: string;
  readonly provider: string;
  readonly quota: number;
  readonly price: bigint;
  requested: number;
  delivered: number;
  failed: number;
  missed: number;
  paid: bigint;
  refunded: bigint;
  hasEnded: boolean;
}

/** What an account has, on hold or not, and for what it is on hold. */
interface Holdings {
  readonly total: bigint;
  readonly held: ReadonlyMap<string, bigint>;
}

/** The chain up to a block, as its node has kept it: all states and events since the first one. */
export async function audit(rpcUrl: string, last: `0x${string}`): Promise<Audit> {
  const api = await ApiPromise.create({ provider: new WsProvider(rpcUrl), noInitWarn: true });
  try {
    const header = await api.rpc.chain.getHeader(last);
    const blocks = header.number.toNumber();
    const [before, after] = [await api.at(api.genesisHash), await api.at(last)];
    const treasury = String(api.consts.execution?.treasury ?? api.consts.marketplace?.treasury);
    const ledger = new Ledger(await holdings(before), treasury);
    for (let number = 1; number <= blocks; number++) {
      const hash = await api.rpc.chain.getBlockHash(number);
      const events = await stored(await api.at(hash), 'system.events')();
      ledger.block(events as unknown as readonly EventRecord[]);
    }
    const found = await holdings(after);
    const issuance = await total(after);
    return {
      blocks,
      accounts: found.size,
      fees: ledger.fees,
      agreements: [...ledger.agreements.values()],
      checks: [
        ...ledger.checks(found),
        issuanceCheck('All money there is lies in accounts', issuance, sum(found)),
        issuanceCheck('What there is less of was burned as fees', (await total(before)) - issuance, ledger.fees),
        ...(await holdChecks(after, found, ledger)),
      ],
    };
  } finally {
    await api.disconnect();
  }
}

/** What each account must have, moved on from block to block. */
class Ledger {
  readonly agreements = new Map<string, AuditedAgreement>();
  fees = 0n;
  readonly #expected: Map<string, bigint>;
  readonly #treasury: string;

  constructor(first: ReadonlyMap<string, Holdings>, treasury: string) {
    this.#expected = new Map([...first].map(([account, { total: all }]) => [account, all]));
    this.#treasury = treasury;
  }

  block(events: readonly EventRecord[]): void {
    for (const { event } of events) {
      const values = Object.fromEntries(
        (event.data.names ?? []).map((name, i) => [name, event.data[i]?.toString() ?? '']),
      );
      this.#event(`${event.section}.${event.method}`, values);
    }
  }

  checks(found: ReadonlyMap<string, Holdings>): Check[] {
    const wrong = [...new Set([...this.#expected.keys(), ...found.keys()])]
      .map((account) => ({ account, is: found.get(account)?.total ?? 0n, must: this.#expected.get(account) ?? 0n }))
      .filter(({ is, must }) => is !== must)
      .map(({ account, is, must }) => `${account} has ${is} and must have ${must}`);
    const all = [...this.agreements.values()];
    return [
      listCheck('Every account has what its payments, earnings and fees leave it', wrong),
      listCheck('Every agreement has ended', all.filter(({ hasEnded }) => !hasEnded).map(nameOf)),
      listCheck(
        'Every request was answered, answered with a failure, or missed',
        all.filter((one) => one.requested !== one.delivered + one.failed + one.missed).map(nameOf),
      ),
      listCheck(
        "Every agreement's money was paid for an answer or refunded",
        all
          .filter((one) => one.paid + one.refunded !== BigInt(one.quota) * one.price)
          .map((one) => `${nameOf(one)}: ${one.paid} paid, ${one.refunded} refunded of ${one.quota} × ${one.price}`),
      ),
      listCheck(
        'Nothing was paid that was not delivered',
        all.filter((one) => one.paid !== BigInt(one.delivered) * one.price).map(nameOf),
      ),
    ];
  }

  #event(name: string, data: Readonly<Record<string, string>>): void {
    const text = (key: string) => data[key] ?? '';
    const amount = (key: string) => BigInt(text(key));
    const agreement = () => {
      const found = this.agreements.get(text('agreement'));
      if (found === undefined) throw new Error(`${name} is about the unknown agreement ${text('agreement')}.`);
      return found;
    };
    switch (name) {
      case 'transactionPayment.TransactionFeePaid':
        this.fees += amount('actualFee');
        this.#add(text('who'), -amount('actualFee'));
        break;
      case 'balances.Transfer':
        this.#move(text('from'), text('to'), amount('amount'));
        break;
      case 'execution.AgreementOpened':
        this.agreements.set(text('agreement'), {
          ...{ id: text('agreement'), consumer: text('consumer'), provider: text('provider') },
          ...{ quota: Number(text('quota')), price: amount('price') },
          ...{ requested: 0, delivered: 0, failed: 0, missed: 0, paid: 0n, refunded: 0n, hasEnded: false },
        });
        break;
      case 'execution.Requested':
        agreement().requested += Number(text('count'));
        break;
      case 'execution.Answered':
        agreement().failed += Number(text('failures'));
        break;
      case 'execution.Paid':
        this.#paid(agreement(), Number(text('count')), data);
        break;
      case 'execution.Refunded':
        agreement().refunded += amount('amount');
        break;
      case 'execution.Missed':
        agreement().missed += Number(text('count'));
        break;
      case 'marketplace.StakeSlashed':
        this.#move(text('provider'), this.#treasury, amount('amount'));
        break;
      case 'execution.AgreementEnded':
        agreement().hasEnded = true;
        break;
      default:
    }
  }

  #paid(agreement: AuditedAgreement, count: number, data: Readonly<Record<string, string>>): void {
    const { consumer, provider, price } = agreement;
    const [earned, royalty] = [BigInt(data.earned ?? 0), BigInt(data.royalty ?? 0)];
    const whole = BigInt(count) * price;
    agreement.delivered += count;
    agreement.paid += whole;
    this.#move(consumer, provider, earned);
    this.#move(consumer, data.owner === undefined || data.owner === '' ? this.#treasury : data.owner, royalty);
    this.#move(consumer, this.#treasury, whole - earned - royalty);
  }

  #move(from: string, to: string, amount: bigint): void {
    this.#add(from, -amount);
    this.#add(to, amount);
  }

  #add(account: string, amount: bigint): void {
    this.#expected.set(account, (this.#expected.get(account) ?? 0n) + amount);
  }
}

/** Whether what is on hold has a reason that is still there. */
async function holdChecks(
  state: ApiDecoration<'promise'>,
  found: ReadonlyMap<string, Holdings>,
  { agreements }: Ledger,
): Promise<Check[]> {
  const held = (reason: string) =>
    [...found].flatMap(([account, { held: holds }]) => {
      const amount = holds.get(reason) ?? 0n;
      return amount === 0n ? [] : [[account, amount] as const];
    });
  const none = (reason: string, what: string) =>
    listCheck(
      what,
      held(reason).map(([account, amount]) => `${account} has ${amount} on hold for ${reason}`),
    );
  const constant = (name: string) => BigInt(state.consts.execution?.[name]?.toString() ?? '0');
  const retained = await Promise.all(
    [...agreements.values()].map(async (agreement) => {
      const still = await stored(state, 'execution.agreements')(agreement.id);
      return still.isEmpty ? [] : [agreement];
    }),
  );
  const deposits = new Map<string, bigint>();
  for (const { consumer, requested } of retained.flat()) {
    const pages = BigInt(Math.ceil(requested / 32)) * constant('pageDeposit');
    deposits.set(consumer, (deposits.get(consumer) ?? 0n) + constant('agreementDeposit') + pages);
  }
  for (const [{ args }, record] of await stored(state, 'execution.records').entries()) {
    const { deposit } = record.toJSON() as { deposit: string | number };
    const account = String(args[0]);
    deposits.set(account, (deposits.get(account) ?? 0n) + BigInt(deposit));
  }
  const stakes = new Map<string, bigint>();
  const reserved: string[] = [];
  for (const [{ args }, provider] of await stored(state, 'marketplace.providers').entries()) {
    const { stake, reserved: part } = provider.toJSON() as { stake: string | number; reserved: string | number };
    stakes.set(String(args[0]), BigInt(stake));
    if (BigInt(part) !== 0n) reserved.push(`${String(args[0])} has ${part} of its stake reserved`);
  }
  return [
    none('execution.Escrow', 'Nothing is in escrow'),
    none('marketplace.Order', 'No money is held for an order'),
    listCheck('No stake is reserved', reserved),
    sameCheck('Stakes on hold are those of providers', new Map(held('marketplace.Stake')), stakes),
    sameCheck(
      'Deposits on hold are those of agreements, requests and records that are stored',
      new Map(held('execution.Deposit')),
      deposits,
    ),
  ];
}

/** What every account has. */
async function holdings(state: ApiDecoration<'promise'>): Promise<ReadonlyMap<string, Holdings>> {
  const [accounts, holds] = await Promise.all([
    stored(state, 'system.account').entries(),
    stored(state, 'balances.holds').entries(),
  ]);
  const heldBy = new Map(
    holds.map(([{ args }, list]) => {
      const entries = (list.toJSON() as { id: Record<string, string>; amount: string | number }[]).map(
        ({ id, amount }) => {
          const [pallet, reason] = Object.entries(id)[0] ?? [];
          return [`${pallet ?? ''}.${reason ?? ''}`, BigInt(amount)] as const;
        },
      );
      return [String(args[0]), new Map(entries)] as const;
    }),
  );
  return new Map(
    accounts.map(([{ args }, info]) => {
      const { data } = info as unknown as { data: { free: bigint; reserved: bigint } };
      const account = String(args[0]);
      const all = BigInt(data.free.toString()) + BigInt(data.reserved.toString());
      return [account, { total: all, held: heldBy.get(account) ?? new Map<string, bigint>() }] as const;
    }),
  );
}

/** An entry of the storage, or a map. @throws when the chain has none of this name */
function stored(state: ApiDecoration<'promise'>, name: `${string}.${string}`) {
  const [pallet = '', item = ''] = name.split('.');
  const entry = state.query[pallet]?.[item];
  if (entry === undefined) throw new Error(`The chain keeps no ${name}.`);
  return entry;
}

async function total(state: ApiDecoration<'promise'>): Promise<bigint> {
  return BigInt(String(await stored(state, 'balances.totalIssuance')()));
}

function sum(found: ReadonlyMap<string, Holdings>): bigint {
  return [...found.values()].reduce((all, { total: one }) => all + one, 0n);
}

function nameOf({ id }: AuditedAgreement): string {
  return `agreement ${id}`;
}

function issuanceCheck(what: string, must: bigint, is: bigint): Check {
  return { what, right: must === is, detail: must === is ? `${is}` : `${is}, and not ${must}` };
}

function listCheck(what: string, wrong: readonly string[]): Check {
  return { what, right: wrong.length === 0, detail: wrong.slice(0, 10).join('; ') };
}

function sameCheck(what: string, is: ReadonlyMap<string, bigint>, must: ReadonlyMap<string, bigint>): Check {
  const all = new Set([...is.keys(), ...must.keys()]);
  const wrong = [...all].filter((account) => (is.get(account) ?? 0n) !== (must.get(account) ?? 0n));
  return listCheck(
    what,
    wrong.map((account) => `${account} has ${is.get(account) ?? 0n} and must have ${must.get(account) ?? 0n}`),
  );
}
