/**
 * Asks the registry of npm for known vulnerabilities of what package-lock.json lists. It is no part of `npm test`, whose
 * result must not depend on what became known meanwhile or on who can be reached; the workflow on GitHub runs it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { advisoriesIn, AuditUnavailable, findings, parseAccepted, type Advisory } from './audit/advisories.ts';
import { main } from './lib/main.ts';
import { parseOptions } from './lib/options.ts';
import { root } from './lib/paths.ts';
import { run } from './lib/process.ts';

const usage = 'npm run audit';
/** The folders with a package-lock.json. */
const projects = ['.', 'docker/oip-server'];
const acceptedFile = join(root, 'scripts', 'audit', 'accepted.json');
/** The status for "nobody knows", which is neither good nor bad. */
const notKnown = 3;

const helpText = `Asks the registry of npm for known vulnerabilities, and fails when one is not in scripts/audit/accepted.json.

${usage}

The status is 0 when there is none, 1 when there is one, and ${notKnown} when the registry cannot be asked.`;

await main(usage, async () => {
  const { help } = parseOptions(process.argv.slice(2), {});
  if (help) {
    console.log(helpText);
    return 0;
  }
  const accepted = parseAccepted(await readFile(acceptedFile, 'utf8'));
  try {
    const advisories: Advisory[] = [];
    for (const folder of projects) advisories.push(...advisoriesIn(await askNpm(folder)));
    const found = findings(advisories, accepted);
    for (const finding of found) console.error(finding);
    if (found.length > 0) return 1;
    console.log(`No vulnerability is known${accepted.length === 0 ? '' : ` beside ${accepted.length} accepted`}.`);
    return 0;
  } catch (error) {
    if (!(error instanceof AuditUnavailable)) throw error;
    console.error(`${error.message} So it is not known whether there are vulnerabilities. Try again where it answers.`);
    return notKnown;
  }
});

/** What npm writes to its standard output; warnings go elsewhere. */
async function askNpm(folder: string): Promise<string> {
  const lines: string[] = [];
  await run('npm', ['audit', '--json'], {
    cwd: join(root, folder),
    onLine: (line, stream) => {
      if (stream === 'stdout') lines.push(line);
    },
  });
  return lines.join('\n');
}
