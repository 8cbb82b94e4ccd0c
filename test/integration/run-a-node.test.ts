/** The commands of docs/run-a-node.md, as they stand there: they make a chain, and its validator makes blocks. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { rpcPortIn } from '../../scripts/chain/node.ts';
import { commandsOf } from '../../scripts/docs/commands.ts';
import { readDocument } from '../../scripts/docs/markdown.ts';
import { program, requireAll } from '../../scripts/lib/packages.ts';
import { root } from '../../scripts/lib/paths.ts';
import { run, start } from '../../scripts/lib/process.ts';
import { RpcClient } from '../../scripts/lib/rpc.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { afterwards } from '../support/cleanup.ts';
import { temporaryFolder } from '../support/marketplace.ts';
import { finalizedAt } from '../support/nodes.ts';

test('a chain made by docs/run-a-node.md makes and finalizes blocks, with money for its validator alone', async (t) => {
  await requireAll([program('zstd', 'zstd'), program('bash', 'bash')], (line) => t.diagnostic(line));
  const { blocks } = await readDocument('docs/run-a-node.md');
  const folder = await temporaryFolder(t);
  const typed = blocks.filter(({ note }) => note === 'run').map(({ text }) => text);
  assert.equal(typed.length, 4);
  const { code, output } = await run('bash', ['-euo', 'pipefail', '-c', typed.join('\n')], {
    cwd: folder,
    env: { AIRO: root },
  });
  assert.equal(code, 0, output);

  const service = blocks.find(({ note }) => note === 'node')?.text ?? '';
  const [started] = commandsOf(/^ExecStart=(.*)$/m.exec(service)?.[1] ?? '');
  const [executable, ...options] = (started?.words ?? []).map((word) =>
    word
      .replace('/usr/local/bin/', `${folder}/`)
      .replace('/etc/airo/', `${folder}/`)
      .replace('/var/lib/airo', join(folder, 'data')),
  );
  const lines: string[] = [];
  // Nothing outside of this machine is met, and no other node on it.
  const here = [
    ...['--rpc-port', '0', '--listen-addr', '/ip4/127.0.0.1/tcp/0/ws', '--dx-listen-addr', '/ip4/127.0.0.1/tcp/0'],
    ...['--no-mdns', '--no-prometheus', '--allow-private-ip'],
  ];
  const node = await start(executable ?? '', [...options, ...here], { onLine: (line) => lines.push(line) });
  afterwards(t, async () => {
    if (!t.passed) t.diagnostic(lines.slice(-40).join('\n'));
    await node.stop();
  });
  const wait = { what: 'its JSON-RPC server', timeoutMs: 60_000, signal: t.signal };
  const port = await waitFor(() => rpcPortIn(lines), wait);
  const rpc = await RpcClient.connect(`ws://127.0.0.1:${port}`);
  afterwards(t, () => rpc.close());
  assert.equal(await rpc.request<string>('system_chain'), 'My Airo');
  assert.deepEqual(await rpc.request<string[]>('system_nodeRoles'), ['Authority']);
  await finalizedAt(t, rpc, 2, 'the validator of the document');

  // An account that has something has an entry; Alice, whose key everybody has, has none.
  const { publicKey } = JSON.parse(await readFile(join(folder, 'aura.json'), 'utf8')) as { publicKey: string };
  const alice = '0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d';
  assert.notEqual(await accountEntry(rpc, publicKey), null);
  assert.equal(await accountEntry(rpc, alice), null);
});

/** What the state has of an account, by `System.Account`, whose keys end in the account itself. */
async function accountEntry(rpc: RpcClient, publicKey: string): Promise<string | null> {
  const accounts = '0x26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9';
  const keys = await rpc.request<string[]>('state_getKeysPaged', accounts, 100);
  const key = keys.find((entry) => entry.endsWith(publicKey.slice(2)));
  return key === undefined ? null : rpc.request<string | null>('state_getStorage', key);
}
