/** Writes the chain's types for `lib/chain` from the metadata of the committed development chain. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';

import { main } from '../lib/main.ts';
import { UsageError } from '../lib/options.ts';
import { root } from '../lib/paths.ts';
import { chainTypes, chainTypesFile } from './chain-types.ts';
import { startNode } from './node.ts';

await main('node scripts/setup.mjs scripts/chain/make-types.ts', async () => {
  const [argument] = process.argv.slice(2);
  if (argument !== undefined && argument !== '--help') throw new UsageError(`Unknown argument: ${argument}`);
  if (argument === '--help') {
    console.log(`Writes ${relative(root, chainTypesFile)} from the runtime in chain/specs/airo-dev.json.`);
    return 0;
  }
  await using node = await startNode({ readyWhen: 'answering' });
  const text = await chainTypes(node.rpcUrl);
  await mkdir(dirname(chainTypesFile), { recursive: true });
  await writeFile(chainTypesFile, text);
  console.log(relative(root, chainTypesFile));
  return 0;
});
