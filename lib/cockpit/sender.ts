/** This browser's key for sending requests: it signs them, so that the wallet is asked once for an agreement only. */
import type { AiroChain } from '../chain/airo-chain.ts';
import { CannotPayFees, isNamed as hasName } from '../consumer/errors.ts';
import { feesOfSending } from '../consumer/fees.ts';
import { allAgreements } from '../consumer/orders.ts';
import type { Account, Call } from '../market/chain.ts';
import type { Address, Agreement, ContentId, Order } from '../market/types.ts';
import type { BrowserKey, BrowserKeys } from './browser-keys.ts';
import { KeysUnsupported } from './errors.ts';
import { topUpFor } from './key-fees.ts';
import { Value } from './observable.ts';
import { problemOf } from './problem.ts';
import type { TabTurn } from './tab-turn.ts';
import type { SenderStatus, SendingPlan } from './types.ts';

/** A content id as long as all are. */
const anyContent: ContentId = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

/** What is asked of the chain to know what sending costs. */
export type FeeChain = Pick<AiroChain, 'rules' | 'balance' | 'agreementsOf' | 'estimateFee' | 'existentialDeposit'>;

export class CockpitSender {
  readonly status = new Value<SenderStatus>({ address: null, problem: null });
  readonly #keys: BrowserKeys;
  readonly #turn: TabTurn;

  /** @param turn two tabs would give their transactions the same numbers: one of them sends at a time */
  constructor(keys: BrowserKeys, turn: TabTurn) {
    this.#keys = keys;
    this.#turn = turn;
  }

  /** Looks whether the key is here, for {@link status}. */
  async look(): Promise<BrowserKey | null> {
    const key = await this.#keys.find('sender');
    this.status.patch({ address: key?.address ?? null });
    return key;
  }

  /** The key's address; it is made when it is needed first. `null` where this browser cannot have one. */
  async address(): Promise<Address | null> {
    try {
      const { address } = await this.#keys.get('sender');
      this.status.set({ address, problem: null });
      return address;
    } catch (error) {
      if (!hasName(error, 'KeysUnsupported')) throw error;
      this.status.set({ address: null, problem: problemOf(error) });
      return null;
    }
  }

  /** Whether the key is here that may send in this agreement. */
  async isFor({ sender }: Pick<Agreement, 'sender'>): Promise<boolean> {
    return sender !== null && (await this.look())?.address === sender;
  }

  /**
   * The key as an account. It says by name when it cannot pay.
   *
   * @throws {KeysUnsupported} when it is not here
   */
  async account(chain: Pick<AiroChain, 'account'>): Promise<Account> {
    const key = await this.look();
    if (key === null) {
      throw new KeysUnsupported('The key that sends requests is not in this browser. Send with the wallet instead.');
    }
    return payingByItself(chain.account(key.signer), this.#turn);
  }

  /** Who signs requests once these bids are accepted, and what that takes. */
  async plan(chain: FeeChain, order: Order, providers: readonly Address[]): Promise<SendingPlan> {
    const { consumer, sender, inferences, maxInFlight } = order;
    if (sender === null || !(await this.isFor(order))) return { sender: null, topUp: 0n };
    const further = providers.map(() => inferences);
    const topUp = await this.#lacks(chain, sender, { consumer, further, maxInFlight });
    if (topUp === 0n) return { sender, topUp };
    // Who cannot spare it shall not be kept from accepting.
    const calls: readonly Call[] = [
      { call: 'acceptBids', order: order.id, providers },
      { call: 'transfer', to: sender, amount: topUp },
    ];
    const [{ free }, fee] = await Promise.all([chain.balance(consumer), chain.estimateFee(calls)]);
    const escrow = order.bids
      .filter(({ provider }) => providers.includes(provider))
      .reduce((sum, { price }) => sum + price * BigInt(inferences), 0n);
    const spare = free + order.held - escrow - fee - chain.existentialDeposit;
    return { sender, topUp: spare < topUp ? 0n : topUp };
  }

  /**
   * What the consumer's account has to do so that the key can send the rest of its agreements, this one among them.
   *
   * @throws {KeysUnsupported} when this browser cannot have a key
   */
  async topUp(chain: FeeChain, agreement: Agreement): Promise<readonly Call[]> {
    const { id, consumer, maxInFlight, quota, counts } = agreement;
    const { address } = await this.#keys.get('sender');
    this.status.set({ address, problem: null });
    const isNamed = agreement.sender === address;
    const further = isNamed ? [] : [quota - counts.requested];
    const lacking = await this.#lacks(chain, address, { consumer, further, maxInFlight });
    return [
      ...(isNamed ? [] : [{ call: 'replaceOperator', agreement: id, operator: address } as const]),
      ...(lacking === 0n ? [] : [{ call: 'transfer', to: address, amount: lacking } as const]),
    ];
  }

  /** What a key lacks for all that it may have to send: in open agreements of the consumer, and in further ones. */
  async #lacks(chain: FeeChain, key: Address, { consumer, further, maxInFlight }: Sendings): Promise<bigint> {
    const batchSize = Math.min((await chain.rules()).maxBatch, maxInFlight);
    const [one, batch, { free }, agreements] = await Promise.all([
      chain.estimateFee(requests(1)),
      chain.estimateFee(requests(batchSize)),
      chain.balance(key),
      allAgreements(chain, consumer),
    ]);
    const open = agreements
      .filter(({ sender, state }) => sender === key && state.kind === 'active')
      .map(({ quota, counts }) => quota - counts.requested);
    const fees = [...open, ...further].reduce((sum, left) => sum + feesOfSending(left, { one, batch, batchSize }), 0n);
    return topUpFor(free, fees, chain.existentialDeposit);
  }
}

/** What a key may have to send beside what the open agreements of a consumer leave. */
interface Sendings {
  readonly consumer: Address;
  /** The inferences of each further agreement. */
  readonly further: readonly number[];
  readonly maxInFlight: number;
}

/** The calls of a plan that go with the acceptance. */
export function topUpOf({ sender, topUp }: SendingPlan): readonly Call[] {
  return sender === null || topUp === 0n ? [] : [{ call: 'transfer', to: sender, amount: topUp }];
}

/** The call that registers so many requests, in some agreement. */
function requests(count: number): Call {
  return { call: 'request', agreement: 0, first: 0, payloads: Array.from({ length: count }, () => anyContent) };
}

function payingByItself(account: Account, turn: TabTurn): Account {
  return {
    address: account.address,
    submit: async (call, options) => {
      try {
        return await turn.run(() => account.submit(call, options));
      } catch (error) {
        if (!(error instanceof Error && 'reason' in error && error.reason === 'payment')) throw error;
        throw new CannotPayFees(
          'The key in this browser that sends requests has no money left for the fees. Top it up from your wallet; what waits is sent then.',
          { cause: error },
        );
      }
    },
  };
}
