/** `npm test`: everything that must hold, stage by stage, with one result at the end. */
import { main } from './lib/main.ts';
import { parseOptions } from './lib/options.ts';
import type { Counts } from './test/counts.ts';
import { stages, type Stage } from './test/stages.ts';

const help = `Runs the tests.

npm test [-- STAGE...]

${stages.map(({ name, about, isOnRequest }) => `  ${name.padEnd(12)} ${about}${isOnRequest ? ' (only when named)' : ''}`).join('\n')}

Without a stage: all others. What a stage needs and the machine lacks is installed first where that is possible; a
stage that cannot run has failed. The last line is the sum: "N passed, N failed".`;

interface Result extends Counts {
  readonly stage: string;
  readonly seconds: number;
}

const say = (line: string) => {
  console.log(line);
};

await main('npm test', async () => {
  const { names, help: wantsHelp } = parseOptions(
    process.argv.slice(2),
    {},
    stages.map(({ name }) => name),
  );
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const results: Result[] = [];
  for (const stage of stages) {
    if (names.length === 0 ? !stage.isOnRequest : names.includes(stage.name)) results.push(await runStage(stage));
  }
  summarize(results);
  return results.every(({ failed }) => failed === 0) ? 0 : 1;
});

/** Runs a stage to its end. Whatever goes wrong in it is its failure, and the next stage runs all the same. */
async function runStage(stage: Stage): Promise<Result> {
  console.log(`\n== ${stage.name}: ${stage.about}`);
  const began = Date.now();
  let counts: Counts;
  try {
    await stage.prepare?.(say);
    counts = await stage.run(say);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    counts = { passed: 0, failed: 1, skipped: 0, failures: [] };
  }
  if (counts.passed + counts.failed === 0) {
    console.error('No test was run.');
    counts = { ...counts, failed: 1 };
  }
  return { stage: stage.name, ...counts, seconds: (Date.now() - began) / 1000 };
}

function summarize(results: readonly Result[]): void {
  const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[key], 0);
  // Who sees only the end of a long report finds here what went wrong.
  for (const { stage, failures } of results) for (const each of failures) console.log(`\n${stage}: ${each}`);
  console.log(`\n${'stage'.padEnd(12)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'seconds'.padStart(9)}`);
  for (const { stage, passed, failed, seconds } of results) {
    console.log(
      stage.padEnd(12) + String(passed).padStart(8) + String(failed).padStart(8) + seconds.toFixed(1).padStart(9),
    );
  }
  const skipped = sum('skipped');
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}
