/** `airo provider ...` and `airo operator ...`: a provider whose bot has an operator key, and no secret of the account. */
import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import { formatAmount } from '../../lib/market/amounts.ts';
import type { Call, Paging } from '../../lib/market/chain.ts';
import {
  SCHEME_HPKE_X25519,
  type Address,
  type Agreement,
  type Hex,
  type Operator,
  type Profile,
  type Provider,
} from '../../lib/market/types.ts';
import { announcedMicroseconds } from '../../lib/provider/offers.ts';
import { sameProfile } from '../../lib/provider/profiles.ts';
import { UsageError } from '../../scripts/lib/options.ts';
import { numberArgument, required } from '../arguments.ts';
import { asOf } from '../as-of.ts';
import { defineCommand, type Context, type ReadChain } from '../command.ts';
import { counted, duration } from '../output.ts';
import { allPages } from '../paging.ts';
import { fileProblem } from '../settings.ts';
import { describeIncluded, includedDocument, showing } from '../transactions.ts';
import { readModel } from './models.ts';

const bounds = {
  floor: { type: 'amount', help: 'The lowest price that the key may bid; the chain holds it to that.' },
  'max-open': { type: 'count', help: 'How many bids and agreements the key may have open. Default: 10.' },
  'top-up': { type: 'amount', help: 'What the key gets from your account for fees. Default: nothing.' },
} as const;
const defaultMaxOpen = 10;

interface Bounds {
  readonly floor?: bigint | undefined;
  readonly 'max-open'?: number | undefined;
  readonly 'top-up'?: bigint | undefined;
}

const hexOf = (bytes: number) =>
  z.custom<Hex>((value) => typeof value === 'string' && new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`).test(value), {
    message: `${bytes} bytes in hexadecimal after 0x are wanted`,
  });

/** What a Wingman says of itself, as much of it as is used here. */
const statusSchema = z.looseObject({
  provider: z.string(),
  signer: z.string(),
  profile: z.looseObject({ name: z.string(), key: hexOf(32), peer: z.string(), peerProof: hexOf(64) }),
});

export const providerRegister = defineCommand({
  name: 'provider register',
  about: 'Makes your account a provider with the keys of a Wingman that has only an operator key.',
  details: `FILE is what that Wingman says of itself, which holds no secret:

  curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8420/v1/status > status.json

The stake is yours and stays in your account; so do the earnings. What is there already is brought up to date: profile,
stake, operator key. It is one transaction.`,
  positionals: [{ name: 'FILE', help: 'What GET /v1/status of the Wingman gives.' }],
  options: { stake: { type: 'amount', help: 'The whole stake that your account is to have.' }, ...bounds },
  needs: ['chain', 'account'],
  example: 'provider register status.json --stake 100 --floor 0.05 --top-up 1',
  async run(context, { options, args }) {
    const { signer, profile, provider } = await readStatus(args[0] ?? '');
    const { chain } = await context.ports();
    const { address } = chain.account;
    if (provider !== address) {
      throw new UsageError(
        `FILE is of a Wingman that works for ${provider}, and your account is ${address}. Set account.provider in its configuration.`,
      );
    }
    if (signer === address) {
      throw new UsageError(
        'That Wingman has the secret of your account: POST /v1/initialize registers it. Give it a key.',
      );
    }
    const found = await chain.provider(address);
    const operator = operatorOf(signer, options, found);
    const calls: Call[] = [];
    if (found === null) {
      calls.push({ call: 'registerProvider', profile, operator, stake: required('stake', options.stake) });
    } else {
      if (!sameProfile(found.profile, profile)) calls.push({ call: 'updateProfile', profile });
      const { stake } = options;
      if (stake !== undefined && stake > found.stake) calls.push({ call: 'raiseStake', by: stake - found.stake });
      calls.push(...(await namingCalls(chain, found, operator)));
    }
    calls.push(...topUpCalls(signer, options));
    return send(context, calls, `${signer} may bid and answer for ${address}: ${describeBounds(operator)}.`);
  },
});

export const providerAnnounce = defineCommand({
  name: 'provider announce',
  about: 'Offers the newest version of a model from your account, which an operator key cannot.',
  positionals: [
    { name: 'MODEL', help: 'The number of the model, as `airo models` lists it.' },
    { name: 'MS', help: 'The time of an inference in milliseconds, as GET /v1/models of the Wingman gives it.' },
  ],
  options: {},
  needs: ['chain', 'account'],
  example: 'provider announce 0 2.5',
  async run(context, { args }) {
    const [id, time = ''] = args;
    const { chain } = await context.ports();
    const timeMs = /^\d+(\.\d+)?$/.test(time) ? Number(time) : 0;
    if (timeMs <= 0) throw new UsageError(`MS must be a number of milliseconds above zero, not "${time}".`);
    const { id: model, newest } = await readModel(chain, numberArgument('MODEL', id));
    const { version } = newest;
    const call = { call: 'announce', model, version, timeMicroseconds: announcedMicroseconds(timeMs) } as const;
    return send(context, [call], `Version ${version} of model ${model} is offered.`);
  },
});

export const providerWithdraw = defineCommand({
  name: 'provider withdraw',
  about: 'Takes back the offer of a model, so that nobody counts on your account for it any more.',
  details: `A Wingman that has the secret of your account offers again what it serves: take the model out of it first. What was
agreed on is still to be delivered.`,
  positionals: [{ name: 'MODEL', help: 'The number of the model, as `airo models` lists it.' }],
  options: {},
  needs: ['chain', 'account'],
  example: 'provider withdraw 0',
  async run(context, { args }) {
    const model = numberArgument('MODEL', args[0]);
    const { chain } = await context.ports();
    const { account, models } = await readProvider(chain, chain.account.address);
    if (!models.includes(model)) {
      throw new Error(`${account} does not offer model ${model}. It offers: ${models.join(', ') || 'none'}.`);
    }
    return send(context, [{ call: 'withdrawOffer', model }], `Model ${model} is not offered any more.`);
  },
});

export const providerLeave = defineCommand({
  name: 'provider leave',
  about: 'Leaves the market: no bids any more, and the stake is free some time later.',
  details: `What is open is carried out, so keep your provider running until then. There is no way back but to take the stake back
and to register anew; to pause, switch your provider off instead.`,
  positionals: [],
  options: {},
  needs: ['chain', 'account'],
  example: 'provider leave',
  async run(context) {
    const { chain } = await context.ports();
    const { address } = chain.account;
    const found = await readProvider(chain, address);
    const calls: Call[] = found.leavesAt === null ? [{ call: 'leave' }] : [];
    const sent = await send(context, calls, `${address} leaves the market.`);
    const { leavesAt, stake, ...open } = await readProvider(chain, address);
    if (leavesAt === null)
      throw new Error('Another chain has won in which your provider does not leave. Try it again.');
    const wait = await describeWait(context, chain, { leavesAt, ...open });
    context.out.print(
      `Its stake of ${formatAmount(stake)} ${wait ?? 'is free'}. To take it back: airo provider unstake`,
    );
    return { ...sent, leavesAt, stake };
  },
});

export const providerUnstake = defineCommand({
  name: 'provider unstake',
  about: 'Takes the stake and the deposits of a provider back that has left; its offers and record are gone then.',
  details: 'What an operator key has left for fees stays with that key.',
  positionals: [],
  options: {},
  needs: ['chain', 'account'],
  example: 'provider unstake',
  async run(context) {
    const { chain } = await context.ports();
    const found = await readProvider(chain, chain.account.address);
    const { leavesAt, stake, account } = found;
    if (leavesAt === null) throw new Error(`${account} is still in the market. Leave it first: airo provider leave`);
    const wait = await describeWait(context, chain, { ...found, leavesAt });
    if (wait !== null) throw new Error(`The stake ${wait}.`);
    const sent = await send(context, [{ call: 'withdrawStake' }], `${formatAmount(stake)} of stake are yours again.`);
    return { stake, ...sent };
  },
});

export const operatorSet = defineCommand({
  name: 'operator set',
  about: 'Names the key that may bid and answer for your account, within bounds; it takes over open agreements.',
  positionals: [{ name: 'KEY', help: 'The address of the key.' }],
  options: bounds,
  needs: ['chain', 'account'],
  example: 'operator set 5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy --floor 0.05 --max-open 20 --top-up 1',
  async run(context, { options, args }) {
    const { chain } = await context.ports();
    const found = await readProvider(chain, chain.account.address);
    const key = args[0] ?? '';
    const operator = operatorOf(key, options, found);
    const calls = [...(await namingCalls(chain, found, operator)), ...topUpCalls(key, options)];
    return send(context, calls, `${key} may bid and answer for ${found.account}: ${describeBounds(operator)}.`);
  },
});

export const operatorRemove = defineCommand({
  name: 'operator remove',
  about: 'Takes the operator key of your account its rights at once, in open agreements too.',
  details: 'What is still to be answered then has to be answered from your account, or by another key.',
  positionals: [],
  options: {},
  needs: ['chain', 'account'],
  example: 'operator remove',
  async run(context) {
    const { chain } = await context.ports();
    const found = await readProvider(chain, chain.account.address);
    const calls = await namingCalls(chain, found, null);
    return send(context, calls, `No key bids or answers for ${found.account} any more.`);
  },
});

/** What keeps the stake of a provider that leaves, or `null` if nothing does. */
async function describeWait(
  context: Context,
  chain: ReadChain,
  { leavesAt, openBids, openAgreements }: { leavesAt: number; openBids: number; openAgreements: number },
): Promise<string | null> {
  const [{ block }, { blockTimeMs }] = await Promise.all([asOf(context, chain), chain.rules()]);
  const open = [
    ...(openBids > 0 ? [counted(openBids, 'bid')] : []),
    ...(openAgreements > 0 ? [counted(openAgreements, 'agreement')] : []),
  ];
  // Calls are checked in the next block.
  const blocks = Math.max(0, leavesAt - block - 1);
  const conditions = [
    ...(blocks > 0 ? [`in ${duration(blocks * blockTimeMs)}, from block ${leavesAt} on`] : []),
    ...(open.length > 0 ? [`when what is open has ended (${open.join(', ')})`] : []),
  ];
  return conditions.length === 0 ? null : `is free ${conditions.join(', and ')}`;
}

/** Names a key for future agreements and the open ones, as far as it is not named there; `null` names none. */
async function namingCalls(chain: ReadChain, provider: Provider, operator: Operator | null): Promise<Call[]> {
  const account = operator?.account ?? null;
  const isNamed = JSON.stringify(plain(provider.operator)) === JSON.stringify(plain(operator));
  const all = await allPages(
    (page: Paging<number>) => chain.agreementsOf(provider.account, page),
    ({ agreement }) => agreement.id,
  );
  const isOther = ({ state, responder }: Agreement) => state.kind === 'active' && responder !== account;
  const others = all.flatMap(({ role, agreement }) =>
    role === 'provider' && isOther(agreement) ? [agreement.id] : [],
  );
  return [
    ...(isNamed ? [] : [{ call: 'setOperator', operator } as const]),
    ...others.map((agreement) => ({ call: 'replaceOperator', agreement, operator: account }) as const),
  ];
}

function plain(operator: Operator | null): readonly (string | number)[] | null {
  return operator && [operator.account, String(operator.floorPrice), operator.maxOpen];
}

function operatorOf(account: Address, options: Bounds, found: Provider | null): Operator {
  const known = found?.operator?.account === account ? found.operator : undefined;
  return {
    account,
    floorPrice: required<bigint>('floor', options.floor ?? known?.floorPrice),
    maxOpen: options['max-open'] ?? known?.maxOpen ?? defaultMaxOpen,
  };
}

function topUpCalls(to: Address, { 'top-up': amount = 0n }: Bounds): Call[] {
  return amount === 0n ? [] : [{ call: 'transfer', to, amount }];
}

function describeBounds({ floorPrice, maxOpen }: Operator): string {
  return `from ${formatAmount(floorPrice)} on, at most ${counted(maxOpen, 'bid')} and agreements open`;
}

async function readProvider(chain: ReadChain, account: Address): Promise<Provider> {
  const found = await chain.provider(account);
  if (found === null) throw new Error(`${account} is no provider yet. See: airo provider register --help`);
  return found;
}

async function send(context: Context, calls: readonly Call[], done: string): Promise<object> {
  const { chain } = await context.ports();
  const names = calls.map(({ call }) => call);
  if (calls.length === 0) {
    context.out.print(`${done} Nothing had to be done.`);
    return { calls: names };
  }
  const included = await showing(context, 'Sending', (options) => chain.account.submit(calls, options));
  context.out.print(`${done} (${describeIncluded(context, included)})`);
  return { calls: names, ...includedDocument(context, included) };
}

/** @throws {UsageError} when the file is something else */
async function readStatus(
  path: string,
): Promise<{ readonly provider: Address; readonly signer: Address; readonly profile: Profile }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`FILE: ${fileProblem(path, error)}`, { cause: error });
  }
  const parsed = statusSchema.safeParse(fromJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')}: ${issue.message})`;
    throw new UsageError(
      `${path} is not what GET /v1/status of a Wingman gives once it has reached the chain${where}. Save that, and name it here.`,
    );
  }
  const { provider, signer, profile } = parsed.data;
  const { name, key, peer, peerProof } = profile;
  const registered: Profile = {
    name,
    key: { scheme: SCHEME_HPKE_X25519, material: { inline: key } },
    peer,
    peerProof,
    kind: 'server',
  };
  return { provider, signer, profile: registered };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
