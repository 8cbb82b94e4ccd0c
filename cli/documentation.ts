import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { root } from '../scripts/lib/paths.ts';
import { markdown } from './help.ts';

export const documentationFile = join(root, 'docs', 'command-line.md');

/** What docs/command-line.md should hold, formatted as everything here is. */
export async function documentation(): Promise<string> {
  return format(markdown(), { ...(await resolveConfig(documentationFile)), filepath: documentationFile });
}
