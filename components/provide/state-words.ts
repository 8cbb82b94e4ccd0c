/** What a providing tab does, and why it does not do more, in plain words. */
import type { ProvidingPhase, ProvidingStatus, Restrained } from '../../lib/cockpit/types.ts';
import type { Tone } from '../ui/badge.tsx';
import { plural } from '../ui/format.ts';

export interface StateWords {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
}

/** What the tab does, whatever holds it back. */
export function stateWords(phase: ProvidingPhase): StateWords {
  return words[phase];
}

const words: Readonly<Record<ProvidingPhase, StateWords>> = {
  off: {
    tone: 'neutral',
    title: 'Off',
    text: 'This browser bids on nothing and runs nothing for others.',
  },
  elsewhere: {
    tone: 'neutral',
    title: 'On in another tab',
    text: 'One tab of a browser provides at a time. This one takes over by itself when the other is closed.',
  },
  starting: {
    tone: 'accent',
    title: 'Starting',
    text: 'The chain is being caught up with, Dx joined and models loaded. Bidding begins by itself.',
  },
  on: {
    tone: 'good',
    title: 'On',
    text: 'This tab watches for orders, bids by your rules, runs what is asked of it and answers. Nobody needs to press anything.',
  },
  waiting: {
    tone: 'warn',
    title: 'On, but taking no new work',
    text: 'What was agreed is still carried out where that is possible. Bidding goes on by itself as soon as nothing is in the way:',
  },
  draining: {
    tone: 'accent',
    title: 'Finishing',
    text: 'No new bids. It switches off by itself once everything that was promised is done.',
  },
  failed: {
    tone: 'bad',
    title: 'Stopped by an error',
    text: 'Nothing is bid on or run until it is started again.',
  },
};

export interface Reason {
  readonly title: string;
  /** What it means and what can be done. */
  readonly text: string;
}

/** Why no new work is taken. */
export function reasonWords(restrained: Restrained): Reason {
  return reasons[restrained];
}

const reasons: Readonly<Record<Restrained, Reason>> = {
  hidden: {
    title: 'The tab is hidden',
    text: 'Browsers slow down tabs that cannot be seen, and deadlines could be missed. Look at this tab, or give it a window of its own that stays in sight.',
  },
  battery: {
    title: 'The device runs on its battery',
    text: 'Plug it in, or allow work on the battery under Restraint.',
  },
  inUse: {
    title: 'The device is in use',
    text: 'It goes on once nobody has touched it for a while. You can allow work at any time under Restraint.',
  },
  offline: {
    title: 'There is no network',
    text: 'The browser says that it is offline. Nothing can be bid on or answered until it is back.',
  },
  chainLost: {
    title: 'The connection to the chain is lost',
    text: 'The light client looks for peers again by itself.',
  },
  dxLost: {
    title: 'The connection to Dx is lost',
    text: 'Without it neither requests nor results can travel. It is joined again by itself.',
  },
  noFees: {
    title: 'The key of this browser has no money for fees',
    text: 'Each bid and each answer is a transaction. Give it more under The key of this browser.',
  },
  notNamed: {
    title: 'The chain does not let this browser bid',
    text: 'Its key was revoked, or another browser or server took its place. Set it up again to go on here.',
  },
  stakeTooLow: {
    title: 'The stake is below what the market asks for',
    text: 'A penalty was taken from it. Add to the stake, and bids are taken again.',
  },
  storageFull: {
    title: 'The browser keeps nothing more of this page',
    text: 'Its storage is full, and after a reload nothing would be known of new work. What was agreed is carried out. Keep this tab open and free some space on this device; it goes on by itself then.',
  },
  noModel: {
    title: 'No model is ready',
    text: 'A model has to be here, measured and announced on chain before anybody can be promised anything.',
  },
};

type Outstanding = Pick<ProvidingStatus, 'openBids' | 'openAgreements' | 'waiting' | 'running'>;

/** Whether anything was promised that switching off would break. */
export function hasOutstanding({ openBids, openAgreements, waiting, running }: Outstanding): boolean {
  return openBids + openAgreements + waiting + running > 0;
}

/** What was promised, such as `2 agreements, 1 bid and 3 requests that wait`; empty when nothing was. */
export function outstandingText({ openBids, openAgreements, waiting, running }: Outstanding): string {
  const requests = Math.max(waiting, running);
  const parts = [
    openAgreements > 0 && plural(openAgreements, 'agreement'),
    openBids > 0 && plural(openBids, 'bid'),
    requests > 0 && `${plural(requests, 'request')} to answer`,
  ].filter((part) => part !== false);
  const last = parts.pop();
  if (last === undefined) return '';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

/** Whether the tab works or means to: it has to stay open then. */
export function isActive(phase: ProvidingPhase): boolean {
  return phase === 'starting' || phase === 'on' || phase === 'waiting' || phase === 'draining';
}

/**
 * How far this browser is as a provider.
 *
 * - `new`: it was never set up
 * - `unknown`: it was, and the chain has not said yet how its key stands
 * - `revoked`: its key may not act any more
 * - `ready`: its key may bid and answer
 */
export function standingOf({
  provider,
  operator,
}: Pick<ProvidingStatus, 'provider' | 'operator'>): 'new' | 'unknown' | 'revoked' | 'ready' {
  if (provider === null) return 'new';
  if (operator === null) return 'unknown';
  return operator.bounds === null ? 'revoked' : 'ready';
}
