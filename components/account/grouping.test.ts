import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CockpitAccount } from '../../lib/cockpit/types.ts';
import { groupAccounts } from './grouping.ts';

const account = (name: string, source: string, kind: CockpitAccount['kind'] = 'wallet'): CockpitAccount => ({
  address: `5${name}`,
  name,
  kind,
  source,
});

test('accounts stand with the others of their wallet, in the order in which the wallets appear', () => {
  const groups = groupAccounts([
    account('A', 'talisman'),
    account('B', 'polkadot-js'),
    account('C', 'talisman'),
    account('Alice', 'Development', 'development'),
  ]);
  assert.deepEqual(
    groups.map(({ source, kind, accounts }) => [source, kind, accounts.map(({ name }) => name)]),
    [
      ['talisman', 'wallet', ['A', 'C']],
      ['polkadot-js', 'wallet', ['B']],
      ['Development', 'development', ['Alice']],
    ],
  );
  assert.deepEqual(groupAccounts([]), []);
});
