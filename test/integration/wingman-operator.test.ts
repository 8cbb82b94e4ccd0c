import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accountFromSecret, connectChain } from '../../lib/chain/index.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Hex, Profile } from '../../lib/market/types.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { afterwards } from '../support/cleanup.ts';
import { startTestNode } from '../support/nodes.ts';
import { startTestWingman } from '../support/wingman.ts';

interface Status {
  readonly provider: string;
  readonly signer: string;
  readonly profile: { readonly name: string; readonly key: Hex; readonly peer: string; readonly peerProof: Hex } | null;
}

test('with an operator key it says what the wallet has to do, and is content once that is done', async (t) => {
  const node = await startTestNode(t);
  const chain = await connectChain({ kind: 'websocket', url: node.rpcUrl, signal: t.signal });
  afterwards(t, () => chain.close());
  const wallet = chain.account(await accountFromSecret('//Dave'));
  const key = chain.account(await accountFromSecret('//Eve'));
  const wingman = await startTestWingman(t, {
    config: {
      chain: { urls: [node.rpcUrl] },
      dx: { listen: [] },
      account: { provider: wallet.address },
      profile: { name: 'Dave' },
    },
    secret: '//Eve',
  });
  const { provider, signer, profile } = await waitFor(
    async () => {
      const status = await wingman.api<Status>('GET', '/v1/status');
      return status.profile !== null && status;
    },
    { what: 'the profile', timeoutMs: 60_000, signal: t.signal },
  );
  assert.deepEqual([provider, signer], [wallet.address, key.address]);
  const initialize = () => wingman.api<{ steps: { step: string; result: string }[] }>('POST', '/v1/initialize');
  await assert.rejects(initialize(), /409 .*is no provider yet, and an operator key cannot make it one/);

  // The chain itself checks that the profile's peer has signed for this account.
  assert.ok(profile !== null);
  const registered: Profile = {
    name: profile.name,
    key: { scheme: 0, material: { inline: profile.key } },
    peer: profile.peer,
    peerProof: profile.peerProof,
    kind: 'server',
  };
  await wallet.submit({ call: 'registerProvider', profile: registered, operator: null, stake: 100n * AIRO });
  await assert.rejects(initialize(), /409 .*is not the operator of/);

  const operator = { account: key.address, floorPrice: AIRO, maxOpen: 3 };
  await wallet.submit({ call: 'setOperator', operator });
  const { steps } = await initialize();
  assert.deepEqual(
    steps.map(({ step, result }) => `${step} ${result}`),
    ['operator already', 'models waiting'],
  );

  await wallet.submit({
    call: 'updateProfile',
    profile: { ...registered, key: { scheme: 0, material: { inline: `0x${'08'.repeat(32)}` } } },
  });
  await assert.rejects(initialize(), /409 .*names another key or Dx peer than this Wingman has/);
});
