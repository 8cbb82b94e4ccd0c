/** How a browser is as a provider that is not at it. */
import type { ProvidingStatus } from '../types.ts';

/** Of a browser that never was a provider. */
export const firstStatus: ProvidingStatus = {
  ...{ phase: 'off', restrained: [], provider: null, operator: null, openBids: 0, openAgreements: 0, waiting: 0 },
  ...{ running: 0, interruptions: [], trouble: null, problem: null },
};
/** What is not so any more once this tab is not at it. */
export const idle = {
  ...{ restrained: [], openBids: 0, openAgreements: 0, waiting: 0, running: 0, trouble: null },
} satisfies Partial<ProvidingStatus>;

/** Whether two lists have the same things in them, in the same order. */
export function sameItems<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((item, i) => Object.is(item, others[i]));
}
