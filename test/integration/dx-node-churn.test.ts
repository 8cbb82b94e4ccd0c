/** Half of a network dies at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { afterwards } from '../support/cleanup.ts';
import { churn } from '../support/dx-node-churn.ts';
import { startSwarm, type Swarm, type SwarmOptions } from '../support/dx-node-swarm.ts';

test('when 10 of 20 peers die at once, what is lost is exactly what only they had', async (t) => {
  const start = async (options: SwarmOptions): Promise<Swarm> => {
    const swarm = await startSwarm({ ...options, signal: t.signal });
    afterwards(t, () => swarm.stop());
    return swarm;
  };
  const dying = await start({ count: 10 });
  const living = await start({ count: 10, bootstrap: dying.peers.slice(0, 1).map(({ address }) => address) });
  const churned = await churn({
    peers: [...dying.peers, ...living.peers],
    dying: new Set(dying.peers.map(({ peerId }) => peerId)),
    kill: () => dying.kill(),
    uploads: 60,
    bytes: 20_000,
  });
  const lost = churned.filter(({ survives }) => !survives).length;
  t.diagnostic(`${churned.length - lost} of ${churned.length} uploads are left`);
  for (const { key, holders, survives, found } of churned) {
    // A storer that was slow may be one more.
    assert.ok(new Set(holders).size >= 2, key);
    assert.equal(found, survives, `${key}, held by ${holders.join(' and ')}`);
  }
  assert.ok(lost < churned.length);
});
