/** `npm test`: everything that must hold, stage by stage, with one result at the end. */
import { main } from './lib/main.ts';
import { parseOptions } from './lib/options.ts';
import type { Counts } from './test/counts.ts';
import { stages, type Stage } from './test/stages.ts';

const help = `Runs the tests.

npm test [-- STAGE...]

${stages.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join('\n')}

Without a stage: all. What a stage needs and the machine lacks is installed first where that is possible; a
stage that cannot run has failed. Stages that want nothing but processors run beside the others, at a low priority, and
show what they said when they have ended. The last line is the sum: "N passed, N failed".`;

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
  const chosen = stages.filter(({ name }) => names.length === 0 || names.includes(name));
  const [first, second] = [chosen.filter(({ yields }) => !yields), chosen.filter(({ yields }) => yields)];
  const ended = [...(await Promise.all([runAll(first, false), runAll(second, first.length > 0)]))].flat();
  const results = chosen.flatMap(({ name }) => ended.find(({ stage }) => stage === name) ?? []);
  summarize(results);
  return results.every(({ failed }) => failed === 0) ? 0 : 1;
});

/**
 * Runs stages one after the other.
 *
 * @param isBeside whether others run meanwhile: what a stage says is then shown as a whole, when it has ended
 */
async function runAll(some: readonly Stage[], isBeside: boolean): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const stage of some) {
    const lines: string[] = [];
    results.push(await runStage(stage, isBeside ? (line) => lines.push(line) : say));
    if (isBeside) say(lines.join('\n'));
  }
  return results;
}

/** Runs a stage to its end. Whatever goes wrong in it is its failure, and the next stage runs all the same. */
async function runStage(stage: Stage, tell: (line: string) => void): Promise<Result> {
  tell(`\n== ${stage.name}: ${stage.about}`);
  const began = Date.now();
  let counts: Counts;
  try {
    await stage.prepare?.(tell);
    counts = await stage.run(tell);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    counts = { passed: 0, failed: 1, skipped: 0, failures: [] };
  }
  if (counts.passed + counts.failed === 0) {
    tell('No test was run.');
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
