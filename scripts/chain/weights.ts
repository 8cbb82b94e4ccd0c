/** Measuring what the pallets' calls cost, with the SDK's own benchmarks. */
import { join } from 'node:path';

import { cargoTargetFolder } from '../lib/paths.ts';
import { run } from '../lib/process.ts';
import { cargo, runtimeBlob } from './cargo.ts';
import { pallets, weightsFile, type Pallet } from './generated.ts';
import { weightSources, workspace } from './sources.ts';
import { requireHostTools, requireWasmTarget } from './toolchain.ts';

type Say = (line: string) => void;

/**
 * Measures every pallet and writes its weights into its sources.
 *
 * @returns the hash of the sources that each pallet was measured on
 * @throws when a pallet has no benchmarks or one of them fails
 */
export async function measureWeights(say: Say): Promise<Record<Pallet, string>> {
  await requireHostTools(say);
  // The profile of the node, since what the runtime calls in its host is part of what is measured.
  // One of its dependencies is a runtime for measuring storage, which is not needed here and would be compiled for long.
  await cargo(['build', '--locked', '--profile', 'host', '-p', 'airo-bencher'], {
    env: { SKIP_WASM_BUILD: '1' },
    onLine: say,
  });
  // A folder of its own: with other features this is another runtime, which must not end up in a specification.
  const targetFolder = join(cargoTargetFolder(), 'weights');
  const env = await requireWasmTarget(say);
  await cargo(['build', '--locked', '--release', '-p', 'airo-runtime', '--features', 'wasm,runtime-benchmarks'], {
    env,
    targetFolder,
    onLine: say,
  });
  const measured: [Pallet, string][] = [];
  for (const pallet of pallets) {
    const sources = weightSources(pallet);
    const { code } = await run(
      join(cargoTargetFolder(), 'host', 'airo-bencher'),
      [
        ...['--runtime', runtimeBlob(targetFolder), '--genesis-builder-preset', 'development'],
        ...['--pallet', `pallet_${pallet}`],
        ...['--extrinsic', '*', '--steps', '50', '--repeat', '20', '--output', weightsFile(pallet)],
        ...['--template', join(workspace, 'pallets', 'weights.hbs')],
      ],
      { onLine: say },
    );
    if (code !== 0) throw new Error(`Measuring pallet-${pallet} failed with status ${code}; see above.`);
    measured.push([pallet, sources]);
  }
  return Object.fromEntries(measured) as Record<Pallet, string>;
}
