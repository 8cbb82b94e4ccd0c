import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { startDx } from '../../dx/start.ts';
import { as, commandLine, folder } from '../support/airo.ts';
import { afterwards } from '../support/cleanup.ts';
import { startTestNode } from '../support/nodes.ts';

test('files go to Dx and come back, and what is wrong is refused', async (t) => {
  const node = await startTestNode(t);
  const dx = await startDx({ signal: t.signal });
  afterwards(t, () => dx.stop());
  const place = await folder(t);
  const airo = commandLine(t, { AIRO_CHAIN: node.rpcUrl, AIRO_HOME: join(place, 'home') });
  const [file, back] = [join(place, 'file'), join(place, 'back')];
  const text = 'a text on Dx that is no secret of anybody';
  await writeFile(file, text);

  // By JSON-RPC and as a peer.
  for (const where of [dx.rpcUrl, dx.tcpAddress]) {
    const { key } = await airo.json<{ key: string }>('dx', 'upload', file, '--dx', where);
    await airo.json('dx', 'download', key, '--output', back, '--dx', where);
    assert.equal(await readFile(back, 'utf8'), text);
    await airo.fails(1, /there already/, 'dx', 'download', key, '--output', back, '--dx', where);
    await rm(back);
  }
  const there = ['--dx', dx.rpcUrl];
  await airo.fails(1, /content id/, 'dx', 'download', 'nonsense', '--output', back, ...there);
  await airo.fails(2, /no file/, 'dx', 'upload', join(place, 'nothing'), ...there);
  await airo.fails(1, /Start a Dx server/, 'dx', 'upload', file, '--dx', 'http://127.0.0.1:1');
  await airo.fails(1, /There is no agreement 7/, 'agreement', '7');
  await airo.fails(1, /There is no model 7/, 'model', 'show', '7');
  await airo.fails(1, /no secret of an account/, 'agreements', '--secret-file', file);
  await airo.fails(
    1,
    /no description|no JSON/,
    'model',
    'register',
    file,
    '--description',
    file,
    '--royalty',
    '1',
    ...there,
    ...as('alice'),
  );
  await airo.fails(
    1,
    /There is no file/,
    'model',
    'register',
    back,
    '--description',
    file,
    '--royalty',
    '1',
    ...there,
    ...as('alice'),
  );
  await airo.fails(1, /no address|address/i, 'model', 'transfer', '0', 'nonsense', ...as('alice'));
});

test('the chain can be followed by a light client, and the secret be in the environment', async (t) => {
  const node = await startTestNode(t);
  const place = await folder(t);
  const airo = commandLine(t, { AIRO_HOME: join(place, 'home'), AIRO_SECRET: '//Alice' });
  const spec = join(place, 'spec.json');
  await writeFile(spec, JSON.stringify(node.spec));
  const { free } = await airo.json<{ free: string }>('account', '--light-client', spec);
  assert.ok(BigInt(free) > 0n);
  await airo.fails(2, /exclude each other/, 'account', '--light-client', spec, '--chain', node.rpcUrl);
});
