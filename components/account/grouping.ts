/** Accounts by where they come from. */
import type { CockpitAccount } from '../../lib/cockpit/types.ts';

export interface AccountGroup {
  readonly source: string;
  readonly kind: CockpitAccount['kind'];
  readonly accounts: readonly CockpitAccount[];
}

/** Groups accounts by their source, in the order in which the sources appear. */
export function groupAccounts(accounts: readonly CockpitAccount[]): readonly AccountGroup[] {
  const groups = Map.groupBy(accounts, ({ source, kind }) => `${kind} ${source}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ source: first.source, kind: first.kind, accounts: group }];
  });
}
