import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import type { NodeOptions } from '../../scripts/chain/node.ts';
import { afterwards } from '../support/cleanup.ts';
import { connectRpc, finalizedAt, heights, startTestNode } from '../support/nodes.ts';

test('four validators finalize, also without one of them, and it catches up when it comes back', async (t) => {
  const local = { chain: 'airo-local', readyWhen: 'answering' } as const satisfies NodeOptions;
  const alice = await startTestNode(t, { ...local, validator: 'alice' });
  const joining = { ...local, bootNodes: [alice.wsAddress] };
  const bob = await startTestNode(t, { ...joining, validator: 'bob' });
  await startTestNode(t, { ...joining, validator: 'charlie' });
  const basePath = await mkdtemp(join(tmpdir(), 'airo-dave-'));
  afterwards(t, () => rm(basePath, { recursive: true, force: true }));
  const asDave = { ...joining, validator: 'dave', basePath, nodeKey: randomBytes(32).toString('hex') } as const;
  const dave = await startTestNode(t, asDave);
  const [atAlice, atBob, atDave] = [await connectRpc(t, alice), await connectRpc(t, bob), await connectRpc(t, dave)];

  await finalizedAt(t, atAlice, 2, 'four validators');
  const known = await finalizedAt(t, atDave, 2, 'the fourth validator');
  await dave.kill();

  const { best } = await heights(atBob);
  const withoutDave = await finalizedAt(t, atBob, best + 2, 'three of four validators');

  const returned = await connectRpc(t, await startTestNode(t, asDave));
  assert.ok((await heights(returned)).finalized >= known, 'it remembers what it had seen as final');
  const height = await finalizedAt(t, returned, withoutDave, 'the validator that came back');
  const hash = await returned.request<string>('chain_getBlockHash', height);
  await finalizedAt(t, atAlice, height, 'the validators that stayed');
  assert.equal(await atAlice.request<string>('chain_getBlockHash', height), hash);
});
