/** `npm run interop`: Kubo, the standard implementation of IPFS, reads from Dx and Dx from it. */
import { randomBytes } from 'node:crypto';

import { startDx } from '../dx/start.ts';
import { contentIdOf } from '../lib/dx/content-id.ts';
import { createDxRpcClient } from '../lib/dx/rpc-client.ts';
import { startNode } from './chain/node.ts';
import { kuboExecutable, kuboVersion, startKubo, type Kubo } from './interop/kubo.ts';
import { main } from './lib/main.ts';
import { describeOptions, parseOptions } from './lib/options.ts';

const options = {
  kubo: { type: 'path', help: 'The executable of Kubo. Default: built from its Go module, once.' },
  host: { type: 'path', help: 'The executable of the node. Default: the prebuilt one.' },
} as const;

const help = `Connects Kubo ${kuboVersion} to a Dx server and to a node, and reads from each a block and a file of 25 MB by
their content ids, over Bitswap. Then the other way round. Everything runs on this machine, in folders that go afterwards;
the public network is not touched.

npm run interop -- [OPTION...]

${describeOptions(options)}`;

/** What is uploaded, in bytes: one block, the largest block, and a file of many. */
const sizes = [600_000, 1024 ** 2, 25_000_000];

await main('npm run interop', async () => {
  const { options: given, help: wantsHelp } = parseOptions(process.argv.slice(2), options);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const executable = given.kubo ?? (await kuboExecutable((line) => console.log(line)));
  await using kubo = await startKubo(executable);
  console.log(`Kubo ${kuboVersion} runs as ${kubo.peerId}.`);
  {
    await using server = await startDx();
    await check('the Dx server', kubo, server.tcpAddress, server.rpcUrl);
  }
  {
    const options = { validator: 'none', readyWhen: 'answering' } as const;
    await using node = await startNode(given.host === undefined ? options : { ...options, executable: given.host });
    if (node.dx === undefined) throw new Error('The node runs without Dx.');
    await check('the node', kubo, node.dx.tcpAddress, node.dx.rpcUrl);
  }
  console.log('Kubo and Dx understand each other.');
  return 0;
});

/** @throws when something is not read as it was written */
async function check(who: string, kubo: Kubo, address: string, rpcUrl: string): Promise<void> {
  const dx = createDxRpcClient(rpcUrl);
  await kubo.connect(address);
  for (const bytes of sizes) {
    const data = new Uint8Array(randomBytes(bytes));
    const { key } = await dx.upload(data);
    // A file's root is a block as well, and none of it is at Kubo yet.
    const [[root, read], seconds] = await timed(async () => [await kubo.block(key), await kubo.cat(key)] as const);
    if (!Buffer.from(read).equals(data)) throw new Error(`Kubo read something else for ${key} from ${who}.`);
    console.log(`  ${who}: Kubo read ${bytes} bytes in ${seconds} s (root: ${root.length} bytes).`);
  }
  for (const bytes of sizes) {
    const data = new Uint8Array(randomBytes(bytes));
    const key = await kubo.add(data);
    if (key !== (await contentIdOf(data))) throw new Error(`Kubo calls ${bytes} bytes ${key}, and Dx does not.`);
    const [read, seconds] = await timed(() => dx.download(key));
    if (!Buffer.from(read).equals(data)) throw new Error(`From Kubo came something else for ${key} to ${who}.`);
    console.log(`  ${who}: read ${bytes} bytes from Kubo in ${seconds} s.`);
  }
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, string]> {
  const began = performance.now();
  const result = await work();
  return [result, ((performance.now() - began) / 1000).toFixed(2)];
}
