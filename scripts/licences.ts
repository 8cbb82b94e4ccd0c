/** Checks the licences of all dependencies, and writes the document about them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runCargo } from './chain/cargo.ts';
import { requireRust } from './chain/toolchain.ts';
import { checkLicences, documentName } from './licences/check.ts';
import { noticesName, noticesOf, packNotices } from './licences/notices.ts';
import { main } from './lib/main.ts';
import { describeOptions, parseOptions } from './lib/options.ts';
import { root } from './lib/paths.ts';

const options = {
  write: {
    type: 'flag',
    help: `Write ${documentName} and ${noticesName}; Cargo first downloads the crates that are not here.`,
  },
} as const;

const usage = 'npm run licences';

const helpText = `Checks the licences of all npm packages and Rust crates against scripts/licences/policy.ts.

${usage} -- [OPTION]

${describeOptions(options)}`;

await main(usage, async () => {
  const { options: given, help } = parseOptions(process.argv.slice(2), options);
  if (help) {
    console.log(helpText);
    return 0;
  }
  let checked = await checkLicences(root);
  if (given.write && checked.notCompared.length > 0) {
    requireRust();
    const code = await runCargo(['fetch', '--locked'], { onLine: console.error });
    if (code !== 0) throw new Error(`cargo fetch failed with status ${code}; its output is above this line.`);
    checked = await checkLicences(root);
  }
  if (given.write) {
    await writeFile(join(root, documentName), checked.document);
    const notices = await noticesOf(checked.passedOn, checked.folders);
    await writeFile(join(root, noticesName), await packNotices(notices));
    checked = await checkLicences(root);
  }
  const { findings, notCompared } = checked;
  for (const finding of findings) console.error(finding);
  if (notCompared.length > 0) {
    console.log(
      `${notCompared.length} crates are not on this machine; their licences are those that ${documentName} has.`,
    );
  }
  if (findings.length === 0) console.log('Every dependency may be used, and the document is current.');
  return findings.length === 0 ? 0 : 1;
});
