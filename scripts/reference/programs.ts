/** The reference of the programs' options: what each says when it is asked for help. */
import { join } from 'node:path';

import { root } from '../lib/paths.ts';
import { run } from '../lib/process.ts';
import { prose } from './schema.ts';

/** Programs by the npm script that starts them. */
export const programs = {
  demo: 'scripts/demo.ts',
  chain: 'scripts/chain/run.ts',
  dx: 'dx/main.ts',
  wingman: 'wingman/main.ts',
  app: 'scripts/app.ts',
} as const;

/** A home that is nobody's, so that the text is the same on every machine. */
const home = '/home/of/somebody';

/** docs/reference/programs.md. */
export async function programsReference(): Promise<string> {
  const parts: string[] = [];
  // One after the other: each is a process that loads a good part of the project.
  for (const [name, script] of Object.entries(programs)) {
    parts.push(`## npm run ${name}`, `\`\`\`text\n${await helpOf(script)}\n\`\`\``);
  }
  return [
    '# Options of the programs',
    prose(
      'What each says to `--help`. The command line `airo` has [a page of its own](../command-line.md), and so have ' +
        '[the configuration of Wingman](configuration.md) and ' +
        '[the options of a node for Dx](../node-rpc.md#options-of-the-node).',
    ),
    ...parts,
  ].join('\n\n');
}

/** @throws with its output when the program does not say it */
export async function helpOf(script: string): Promise<string> {
  const { code, output } = await run(process.execPath, [join(root, script), '--help'], {
    env: { HOME: home, XDG_DATA_HOME: undefined, XDG_CACHE_HOME: undefined, AIRO_CACHE: undefined },
  });
  if (code !== 0) throw new Error(`${script} --help ended with ${code}:\n${output}`);
  return output.replaceAll(home, '~');
}
