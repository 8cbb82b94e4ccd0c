/** Writes docs/command-line.md from the tables of the commands: `node scripts/setup.mjs cli/docs.ts`. */
import { writeFile } from 'node:fs/promises';

import { documentation, documentationFile } from './documentation.ts';

await writeFile(documentationFile, await documentation());
