/** Making the committed chain specifications out of a runtime. */
import { mkdir, writeFile } from 'node:fs/promises';

import { run } from '../lib/process.ts';
import { fileHash, writeRecord, type GeneratedRecord } from './generated.ts';
import { hostExecutable } from './host.ts';
import { startNode } from './node.ts';
import { runtimeSources } from './sources.ts';
import {
  defaultP2pPort,
  developmentNodeKey,
  readSpec,
  specFile,
  specRecipes,
  specsFolder,
  tokenProperties,
  withBootNodes,
  type SpecId,
} from './specs.ts';

type Say = (line: string) => void;

/** Makes the specifications from the runtime, and records which sources they belong to. */
export async function makeSpecs(blob: string, say: Say): Promise<void> {
  const executable = await hostExecutable();
  await mkdir(specsFolder, { recursive: true });
  const made = Object.keys(specRecipes) as SpecId[];
  for (const id of made) await makeSpec(executable, blob, id, say);
  const bootNodes = await developmentAddresses(executable);
  for (const id of made) {
    const file = specFile(id);
    await writeFile(file, JSON.stringify(withBootNodes(readSpec(file), bootNodes), null, 2) + '\n');
  }
  await writeRecord({
    runtime: runtimeSources(),
    specs: Object.fromEntries(made.map((id) => [id, fileHash(specFile(id))])) as GeneratedRecord['specs'],
  });
  say(`${specsFolder}: ${made.join(', ')}`);
}

async function makeSpec(executable: string, blob: string, id: SpecId, say: Say): Promise<void> {
  const { name, type, preset } = specRecipes[id];
  const properties = Object.entries(tokenProperties).map(([key, value]) => `${key}=${value}`);
  const { code } = await run(
    executable,
    [
      ...['create-spec', '--runtime', blob, '--preset', preset, '--id', id, '--name', name, '--type', type],
      ...['--properties', properties.join(','), '--output', specFile(id)],
    ],
    { onLine: say },
  );
  if (code !== 0) throw new Error(`airo-node could not make the specification ${id}; see above.`);
}

/**
 * Where the development node is reached on its default port. Its peer id and the hash of its certificate follow from its
 * key in a way that the node alone knows, so it is started to tell them.
 */
async function developmentAddresses(executable: string): Promise<string[]> {
  const node = await startNode({ executable, nodeKey: developmentNodeKey, readyWhen: 'answering' });
  const addresses = [node.wsAddress, node.webrtcAddress];
  await node.stop();
  return addresses.map((address) => address.replace(/\/(tcp|udp)\/\d+\//, `/$1/${defaultP2pPort}/`));
}
