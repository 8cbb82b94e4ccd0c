/** The commands of docs/own-a-model.md, one after the other, as they stand there. */
import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { connectChain } from '../../lib/chain/index.ts';
import { parseAmount } from '../../lib/market/amounts.ts';
import { readDocument } from '../../scripts/docs/markdown.ts';
import { resnetFolder } from '../../scripts/demo/marketplace.ts';
import { root } from '../../scripts/lib/paths.ts';
import { run } from '../../scripts/lib/process.ts';
import { afterwards } from '../support/cleanup.ts';
import { startDxServer } from '../support/dx.ts';
import { temporaryFolder } from '../support/marketplace.ts';
import { startTestNode } from '../support/nodes.ts';

test('a model is registered, changed, sold and retired by the commands of docs/own-a-model.md', async (t) => {
  const node = await startTestNode(t);
  const dx = await startDxServer(t, { chain: node.rpcUrl });
  const chain = await connectChain({ kind: 'websocket', url: node.rpcUrl, signal: t.signal });
  afterwards(t, () => chain.close());
  const cwd = await temporaryFolder(t);
  for (const name of ['model.onnx', 'description.json']) await copyFile(join(resnetFolder, name), join(cwd, name));
  await copyFile(join(root, 'test', 'fixtures', 'inference', 'classifier.onnx'), join(cwd, 'better.onnx'));
  await writeFile(join(cwd, 'wallet.txt'), '//Charlie\n', { mode: 0o600 });

  const { blocks } = await readDocument('docs/own-a-model.md');
  const shell = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
  assert.equal(shell.length, 5);
  const airo = `airo() { "${process.execPath}" "${join(root, 'cli', 'main.ts')}" "$@"; }`;
  const type = async (block: string | undefined, secret: string) => {
    const env = { AIRO_CHAIN: node.rpcUrl, AIRO_DX: dx.tcpAddress, AIRO_HOME: cwd, AIRO_SECRET: secret };
    const { code, output } = await run('bash', ['-euc', `${airo}\n${block ?? ''}`], { cwd, env });
    assert.equal(code, 0, `${block ?? ''}\n${output}`);
    const model = await chain.model(0);
    assert.ok(model);
    return { output, model };
  };
  const [register, royalty, publish, transfer, retire] = shell;

  const registered = await type(register, '//Charlie');
  assert.match(registered.output, /Model 0 belongs to .*\n.*ResNet MNIST/s);
  assert.equal(registered.model.royalty, parseAmount('0.01'));
  assert.equal((await type(royalty, '//Charlie')).model.royalty, parseAmount('0.02'));
  assert.equal((await type(publish, '//Charlie')).model.newest.version, 1);
  // The document's buyer is Bob.
  assert.equal((await type(transfer, '//Charlie')).model.owner, '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty');
  assert.equal((await type(retire, '//Bob')).model.retired, true);
});
