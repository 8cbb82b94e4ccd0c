/** `npm run bench`: measures, prints, and on request documents what was measured. */
import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { main } from '../scripts/lib/main.ts';
import { describeOptions, parseOptions } from '../scripts/lib/options.ts';
import { root } from '../scripts/lib/paths.ts';
import { holdDuringShutdown } from '../scripts/lib/shutdown.ts';
import { appStart } from './app.ts';
import { browserProvider } from './browser.ts';
import { chainThroughput } from './chain.ts';
import { chainStart } from './chain-start.ts';
import { withSection } from './document.ts';
import { dx } from './dx.ts';
import { lightClient } from './light-client.ts';
import { table as asTable, type Benchmark, type Outcome } from './measure.ts';
import { providerThroughput } from './provider.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  app: appStart,
  browser: browserProvider,
  chain: chainThroughput,
  'chain-start': chainStart,
  dx,
  'light-client': lightClient,
  provider: providerThroughput,
};

const options = {
  runs: { type: 'count', help: 'How often to repeat each (default: as often as the benchmark itself says).' },
  save: { type: 'flag', help: 'Write the results into docs/benchmarks.md, which a run without names does anyway.' },
} as const;

const help = `Measures how fast Airo is on this machine.

npm run bench                           all of them, one after another, into docs/benchmarks.md
npm run bench -- NAME... [OPTION...]    these

${Object.entries(benchmarks)
  .map(([name, { about }]) => `  ${name.padEnd(14)} ${about}`)
  .join('\n')}

${describeOptions(options)}`;

await main('npm run bench', async () => {
  const names = Object.keys(benchmarks);
  const parsed = parseOptions(process.argv.slice(2), options, names);
  if (parsed.help) {
    console.log(help);
    return 0;
  }
  const all = parsed.names.length === 0;
  const failed: string[] = [];
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    if (!all && !parsed.names.includes(name)) continue;
    console.log(`== ${name}: ${benchmark.about}`);
    try {
      const text = describe(await benchmark.run(parsed.options.runs ?? benchmark.runs, (line) => console.log(line)));
      console.log(`\n${text}\n`);
      if (all || parsed.options.save) await save(name, benchmark.about, text);
    } catch (error) {
      await holdDuringShutdown();
      // What the others measure takes long, and is worth as much without this one.
      console.error(`${name} failed: ${error instanceof Error ? error.message : String(error)}\n`);
      failed.push(name);
    }
  }
  if (failed.length > 0) console.error(`Not measured: ${failed.join(', ')}.`);
  return failed.length > 0 ? 1 : 0;
});

function describe({ measured, remarks = [] }: Outcome): string {
  return [asTable(measured), '', ...remarks, `Measured on ${machine()}.`].join('\n');
}

/** What numbers of this kind depend on. */
function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'an unknown processor';
  return `${model}, ${processors.length} cores, ${memory} GiB, ${platform()} ${release()} ${arch()}, Node ${process.version}`;
}

async function save(name: string, about: string, results: string): Promise<void> {
  const file = join(root, 'docs', 'benchmarks.md');
  const command = `\`npm run bench -- ${name} --save\` wrote this on ${new Date().toISOString().slice(0, 10)}.`;
  const section = `## ${name}: ${about}\n\n${results}\n\n${command}`;
  const text = withSection(await readFile(file, 'utf8'), name, section);
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
