/** Which of one's agreements are shown. */
import type { AgreementSummary } from '../../lib/cockpit/types.ts';
import type { Agreement, Role } from '../../lib/market/types.ts';

export type RoleFilter = 'both' | Role;
export type StateFilter = 'any' | 'active' | 'ended';

export const roleOptions: readonly { readonly value: RoleFilter; readonly label: string }[] = [
  { value: 'both', label: 'Both roles' },
  { value: 'consumer', label: 'As consumer' },
  { value: 'provider', label: 'As provider' },
];

export const stateOptions: readonly { readonly value: StateFilter; readonly label: string }[] = [
  { value: 'any', label: 'Active and ended' },
  { value: 'active', label: 'Active' },
  { value: 'ended', label: 'Ended' },
];

export function filterAgreements(
  all: readonly AgreementSummary[],
  role: RoleFilter,
  state: StateFilter,
): readonly AgreementSummary[] {
  return all.filter(
    ({ role: mine, agreement }) =>
      (role === 'both' || mine === role) &&
      (state === 'any' || (agreement.state.kind === 'active') === (state === 'active')),
  );
}

/** How an agreement stands, in a word or two. */
export function stateText({ state, counts, quota }: Agreement): string {
  if (state.kind === 'active') return counts.requested < quota ? 'Active' : 'All sent';
  return endings[state.how];
}

const endings = {
  expired: 'Expired',
  completed: 'Completed',
  byConsumer: 'Ended by consumer',
  abandoned: 'Abandoned by provider',
} as const;

/** How many requests wait for an answer. */
export function underWay({ counts }: Agreement): number {
  const { requested, answered, delivered, consumerFaults, providerFaults, missed } = counts;
  return requested - answered - delivered - consumerFaults - providerFaults - missed;
}
