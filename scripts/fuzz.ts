/** `npm run fuzz`: what reads bytes of strangers is given changed ones for as long as wanted, and what breaks it is kept. */
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';

import { keep } from '../test/fuzz/corpus.ts';
import { Session } from '../test/fuzz/session.ts';
import { check } from '../test/fuzz/target.ts';
import { targets } from '../test/fuzz/targets/index.ts';
import { main } from './lib/main.ts';
import { describeOptions, parseOptions, UsageError } from './lib/options.ts';
import { root } from './lib/paths.ts';
import { onShutdown } from './lib/shutdown.ts';

const options = {
  minutes: { type: 'count', help: 'For how long; 1 by default.' },
  seed: { type: 'index', help: 'Try what this seed gives, once, instead of new seeds.' },
  runs: { type: 'count', help: 'How many inputs for each target and seed, fewer for slow ones; 2000 by default.' },
  replay: { type: 'file', help: 'Give this file to the one target that is named, and show what is wrong.' },
} as const;

const names = targets.map(({ name }) => name);

const help = `Changes samples of what strangers send (test/fixtures/fuzz) and has it read, until the time is over. Whatever reads
them must give a value or refuse by name. What breaks it is made as small as possible and kept beside the samples, where
npm test tries it from then on.

npm run fuzz -- [OPTION...] [TARGET...]

${describeOptions(options)}

Without a target: all of ${names.join(', ')}.`;

/** More than this of one target is probably the same again and again. */
const mostFindings = 3;

await main('npm run fuzz', async () => {
  const { options: given, names: wanted, help: wantsHelp } = parseOptions(process.argv.slice(2), options, names);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const { minutes = 1, runs = 2_000 } = given;
  const chosen = wanted.length === 0 ? names : wanted;
  if (given.replay !== undefined) return replay(chosen, given.replay);
  const endsAt = performance.now() + minutes * 60_000;
  const findings = new Map<string, number>();
  let inputs = 0;
  await using session = new Session();
  onShutdown(() => session[Symbol.asyncDispose]());
  do {
    const seed = given.seed ?? randomInt(2 ** 31);
    for (const target of chosen) {
      if ((findings.get(target) ?? 0) >= mostFindings) continue;
      const { finding, read, refused } = await session.run(target, { seed, runs });
      inputs += read + refused;
      if (finding === null) continue;
      findings.set(target, (findings.get(target) ?? 0) + 1);
      const file = relative(root, await keep(target, finding.bytes));
      console.error(`\n${finding.problem}\n  seed ${seed}; again: npm run fuzz -- ${target} --replay ${file}`);
    }
  } while (given.seed === undefined && performance.now() < endsAt);
  const broken = [...findings.keys()];
  console.log(`${inputs} inputs, ${broken.length === 0 ? 'and nothing is broken' : `broken: ${broken.join(', ')}`}.`);
  return broken.length === 0 ? 0 : 1;
});

/** In this very process, so that a debugger can look at it. */
async function replay(chosen: readonly string[], file: string): Promise<number> {
  const target = targets.find(({ name }) => name === chosen[0]);
  if (target === undefined || chosen.length !== 1) throw new UsageError('--replay needs the name of one target.');
  console.log(`${target.name}: ${await check(target, new Uint8Array(await readFile(file)))}`);
  return 0;
}
