/** Running Cargo in the chain's workspace. */
import { join } from 'node:path';

import { cargoTargetFolder } from '../lib/paths.ts';
import { start } from '../lib/process.ts';
import { workspace } from './sources.ts';

export interface CargoOptions {
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly targetFolder?: string;
  /** Whether it only gets the processor time that nobody else wants. */
  readonly yields?: boolean;
  readonly onLine: (line: string) => void;
}

/** Runs Cargo to its end and returns its status. */
export async function runCargo(args: readonly string[], options: CargoOptions): Promise<number> {
  const running = await start('cargo', args, {
    cwd: workspace,
    env: {
      ...options.env,
      CARGO_TARGET_DIR: options.targetFolder ?? cargoTargetFolder(),
      CARGO_TERM_COLOR: process.stdout.isTTY ? 'always' : 'never',
    },
    ...(options.yields === undefined ? {} : { yields: options.yields }),
    onLine: options.onLine,
  });
  return (await running.ended).code;
}

/** @throws when Cargo fails */
export async function cargo(args: readonly string[], options: CargoOptions): Promise<void> {
  const code = await runCargo(args, options);
  if (code !== 0) throw new Error(`cargo ${args.join(' ')} failed with status ${code}; its output is above this line.`);
}

/** The blob that a build of the runtime leaves: smallest and compressed, as it goes on chain. */
export function runtimeBlob(targetFolder = cargoTargetFolder()): string {
  return join(targetFolder, 'release', 'wbuild', 'airo-runtime', 'airo_runtime.compact.compressed.wasm');
}
