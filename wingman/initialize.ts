/** Making the account a provider on the chain, with this Wingman's keys and Dx peer. */
import type { Call, Included } from '../lib/market/chain.ts';
import { formatAmount } from '../lib/market/amounts.ts';
import type { Hex, Profile, Provider } from '../lib/market/types.ts';
import { sameProfile } from '../lib/provider/profiles.ts';
import type { Change } from './config/schema.ts';
import type { Connected, Context } from './context.ts';
import { Conflict, InsufficientFunds, NotReady } from './errors.ts';
import type { Logger } from '../scripts/lib/log.ts';

/** What is asked for beside what is configured. */
export interface InitializeRequest extends Pick<Change, 'models' | 'strategy' | 'profile'> {
  /** The stake to have at least; the configured one for a new provider. */
  readonly stake?: bigint | undefined;
}

/** A step, and what was done for it. */
export interface Step {
  readonly step: 'settings' | 'registration' | 'profile' | 'stake' | 'operator' | 'models';
  readonly result: 'done' | 'already' | 'waiting';
  readonly detail: string;
  /** The transaction's hash, if there was one, and what it cost. */
  readonly transaction: Hex | null;
  readonly fee: bigint | null;
}

/** What deposits and fees need at most beside the stake, while a provider announces a handful of models. */
const besideTheStake = 1_000_000_000_000n;

/** The chain's and its pool's words for too little money. */
const tooLittle = /FundsUnavailable|InsufficientBalance|Inability to pay|BelowMinimum/i;

/** Registers the account when it is none yet, brings its profile up to date, and says what it did. */
export class Initializer {
  readonly #context: Context;
  readonly #log: Logger;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: Context, log: Logger) {
    this.#context = context;
    this.#log = log;
  }

  /**
   * Does what is missing, and nothing twice: it can be called again at any time.
   *
   * @throws {NotReady} while the chain or Dx is not reached
   * @throws {InsufficientFunds} when the account cannot pay; the message says how much it needs, and where
   * @throws {Conflict} when only somebody else, the provider's wallet, can do it
   */
  run(request: InitializeRequest, signal?: AbortSignal): Promise<Step[]> {
    const done = this.#turn.then(() => this.#run(request, signal));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #run({ stake, ...change }: InitializeRequest, signal?: AbortSignal): Promise<Step[]> {
    const { settings, provider, signer, loaded } = this.#context;
    const connected = this.#context.connected();
    if (connected === null) throw new NotReady(`Not ready: ${this.#context.waitingFor()}`);
    const steps: Step[] = [];
    const keys = Object.keys(change);
    if (keys.length > 0) {
      await settings.change(change);
      steps.push(step('settings', 'done', `changed: ${keys.join(', ')}`));
    }
    const profile = connected.profile(settings.current().profile.name);
    const found = await connected.chain.provider(provider);
    if (typeof found?.leavesAt === 'number') {
      throw new Conflict(
        `${provider} is leaving the market. Withdraw the stake from block ${found.leavesAt} on, and initialize then.`,
      );
    }
    const submit = (calls: Call | readonly Call[], needs: bigint) => this.#submit(connected, calls, needs, signal);
    if (provider !== signer) steps.push(this.#checkOperator(found, profile));
    else if (found === null) {
      const wanted = stake ?? loaded.config.stake;
      const call = { call: 'registerProvider', profile, operator: null, stake: wanted } as const;
      const included = await submit(call, wanted);
      steps.push(step('registration', 'done', `registered with a stake of ${formatAmount(wanted)}`, included));
    } else {
      steps.push(step('registration', 'already', `registered since block ${found.registeredAt}`));
      if (sameProfile(found.profile, profile)) steps.push(step('profile', 'already', 'the profile is as it should be'));
      else steps.push(step('profile', 'done', 'updated', await submit({ call: 'updateProfile', profile }, 0n)));
      if (stake !== undefined && stake > found.stake) {
        const by = stake - found.stake;
        const included = await submit({ call: 'raiseStake', by }, by);
        steps.push(step('stake', 'done', `raised by ${formatAmount(by)} to ${formatAmount(stake)}`, included));
      } else steps.push(step('stake', 'already', `the stake is ${formatAmount(found.stake)}`));
    }
    steps.push(this.#models(connected));
    return steps;
  }

  /** An operator key cannot register anything: that is up to the provider's own account. */
  #checkOperator(found: Provider | null, profile: Profile): Step {
    const { provider, signer } = this.#context;
    if (found === null) {
      throw new Conflict(
        `${provider} is no provider yet, and an operator key cannot make it one. Register it from its own account: ` +
          'save what GET /v1/status gives, and run airo provider register FILE.',
      );
    }
    if (found.operator?.account !== signer) {
      throw new Conflict(
        `${signer} is not the operator of ${provider}. Name it from that account: airo operator set ${signer}.`,
      );
    }
    if (!sameProfile({ ...found.profile, name: profile.name }, profile)) {
      throw new Conflict(
        `The profile of ${provider} names another key or Dx peer than this Wingman has, so it could read no payload. ` +
          'Update it from that account: save what GET /v1/status gives, and run airo provider register FILE.',
      );
    }
    const { floorPrice, maxOpen } = found.operator;
    const bounds = `from ${formatAmount(floorPrice)} on, ${maxOpen} open at most`;
    return step('operator', 'already', `may bid and answer for ${provider} (${bounds})`);
  }

  #models({ engine }: Connected): Step {
    const served = this.#context.settings.current().models.map(({ model }) => model);
    if (served.length === 0) return step('models', 'waiting', 'no model is configured; add one with PATCH /v1/config');
    const ready = engine.status().models.filter(({ state }) => state === 'ready');
    if (ready.length >= served.length) return step('models', 'already', `ready: ${served.join(', ')}`);
    return step('models', 'waiting', `${ready.length} of ${served.length} ready; each is announced as soon as it is`);
  }

  /** @param needs what the account must have beside deposits and fees */
  async #submit(
    { chain }: Connected,
    calls: Call | readonly Call[],
    needs: bigint,
    signal?: AbortSignal,
  ): Promise<Included> {
    const { signer } = this.#context;
    const { free } = await chain.balance(signer);
    const least = needs + besideTheStake;
    if (needs > 0n && free < least) throw notEnough(signer, least, free);
    try {
      const included = await chain.account.submit(calls, signal === undefined ? {} : { signal });
      const names = [calls].flat().map(({ call }) => call);
      this.#log.info({ transaction: included.transaction }, `${names.join(', ')}: in block ${included.block.number}`);
      return included;
    } catch (error) {
      if (error instanceof Error && tooLittle.test(error.message)) throw notEnough(signer, least, free, error);
      throw error;
    }
  }
}

function notEnough(address: string, least: bigint, free: bigint, cause?: Error): InsufficientFunds {
  const missing = free < least ? `; send it ${formatAmount(least - free)} or more` : '';
  return new InsufficientFunds(
    `The account needs ${formatAmount(least)} at ${address}, which has ${formatAmount(free)}${missing}.`,
    { cause },
  );
}

function step(name: Step['step'], result: Step['result'], detail: string, included?: Included): Step {
  return { step: name, result, detail, transaction: included?.transaction ?? null, fee: included?.fee ?? null };
}
