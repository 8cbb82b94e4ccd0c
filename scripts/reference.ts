/** Makes docs/reference from the schemas, or says what in it is not up to date: `node scripts/setup.mjs scripts/reference.ts`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';

import { main } from './lib/main.ts';
import { describeOptions, parseOptions } from './lib/options.ts';
import { root } from './lib/paths.ts';
import { referenceDocuments } from './reference/documents.ts';

const table = { write: { type: 'flag', help: 'Write the documents.' } } as const;

await main('node scripts/setup.mjs scripts/reference.ts', async () => {
  const { options, help } = parseOptions(process.argv.slice(2), table);
  if (help) {
    console.log(`Says which documents in docs/reference are not up to date.\n\n${describeOptions(table)}`);
    return 0;
  }
  let outdated = 0;
  for (const { file, text } of referenceDocuments) {
    const made = await text();
    if ((await readFile(file, 'utf8').catch(() => '')) === made) continue;
    if (options.write) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, made);
    } else outdated += 1;
    console.log(
      `${relative(root, file)} ${options.write ? 'was written' : 'is not up to date: --write makes it anew'}`,
    );
  }
  return outdated === 0 ? 0 : 1;
});
