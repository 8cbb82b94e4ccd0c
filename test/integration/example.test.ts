/** The program of docs/library.md, as a process of its own on a real market. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../../scripts/lib/paths.ts';
import { run } from '../../scripts/lib/process.ts';
import { resnetFolder } from '../../scripts/demo/marketplace.ts';
import { wealth, startTestMarket, temporaryFolder, fixed } from '../support/marketplace.ts';

test('the example buys an inference and says what the model sees', async (t) => {
  const { market, consumer, wingman } = await startTestMarket(t);
  await wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO') } });
  const [server] = market.dx;
  const owner = await market.account('//Charlie');
  const before = await wealth(consumer, owner.address);

  const example = join(root, 'examples', 'buy-inference.ts');
  const env = { AIRO_CHAIN: market.node.rpcUrl, AIRO_DX: server?.tcpAddress, AIRO_SECRET: '//Eve' };
  const cwd = await temporaryFolder(t);
  const buy = (...args: string[]) => run(process.execPath, [example, ...args], { cwd, env });

  const bought = await buy('0', join(resnetFolder, 'test-images', '7-0046.png'));
  assert.deepEqual(bought, { code: 0, output: '7 for 0.1 AIRO' });
  assert.ok((await wealth(consumer, owner.address)) > before, 'the royalty went to the owner');

  const unknown = await buy('7', join(resnetFolder, 'test-images', '7-0046.png'));
  assert.notEqual(unknown.code, 0);
  assert.match(unknown.output, /There is no model 7\./);
});
