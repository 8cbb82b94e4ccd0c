/** The stages of `npm test`: what each needs, does and counts. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { buildSite } from '../app/build.ts';
import { runCargo } from '../chain/cargo.ts';
import { outdated } from '../chain/generated.ts';
import { compilers, requireRust } from '../chain/toolchain.ts';
import { chromiumRequirement } from '../lib/chromium.ts';
import { requireAll } from '../lib/packages.ts';
import { root } from '../lib/paths.ts';
import { run } from '../lib/process.ts';
import { onShutdown } from '../lib/shutdown.ts';
import { countCargoTests, type Counts } from './counts.ts';

type Say = (line: string) => void;

export interface Stage {
  readonly name: string;
  readonly about: string;
  /** Wants nothing but processors: it runs beside the stages that mostly wait, and goes behind them. */
  readonly yields?: true;
  /** Makes sure that the stage can run on this machine, or throws with what is missing. */
  readonly prepare?: (say: Say) => Promise<void> | void;
  readonly run: (say: Say) => Promise<Counts>;
}

/** The crates that are tested each time. The host and what measures weights are not: see chain:build. */
const crates = [
  'airo-dx',
  'airo-primitives',
  'pallet-marketplace',
  'pallet-execution',
  'airo-runtime',
  'airo-testing',
].flatMap((crate) => ['-p', crate]);

/**
 * Most of the time goes by waiting for blocks, so some files at a time; too many would make blocks late. A light client
 * that has been terminated leaves timers behind that would keep its process alive for minutes.
 */
const withNodes = (files: number) => [`--test-concurrency=${files}`, '--test-timeout=300000', '--test-force-exit'];

const units = ['bench', 'cli', 'components', 'dx', 'lib', 'models', 'scripts', 'test/fuzz', 'wingman'].map(
  (folder) => `${folder}/**/*.test.ts`,
);

const rust = async (say: Say) => {
  requireRust();
  await requireAll(compilers, say);
};

export const stages: readonly Stage[] = [
  {
    name: 'types',
    about: 'TypeScript compiles, for Node and for the pages',
    yields: true,
    run: async (say) => {
      const projects = [];
      for (const project of ['.', 'app']) projects.push(await check('tsc', ['-p', project])(say));
      return sum(projects);
    },
  },
  { name: 'lint', about: 'ESLint finds nothing', yields: true, run: check('eslint', ['.', '--max-warnings', '0']) },
  { name: 'format', about: 'Prettier would change nothing', yields: true, run: check('prettier', ['--check', '.']) },
  {
    name: 'rustfmt',
    about: 'rustfmt would change nothing',
    prepare: requireRust,
    run: async (say) => asOne((await runCargo(['fmt', '--all', '--check'], { onLine: say })) === 0),
  },
  {
    name: 'generated',
    about: 'generated files belong to their sources',
    run: async (say) => {
      const findings = await outdated();
      findings.forEach(say);
      return asOne(findings.length === 0);
    },
  },
  { name: 'unit', about: 'units in TypeScript', run: nodeTests(units, []) },
  {
    name: 'integration',
    about: 'real nodes, from Node',
    // The demonstration shows the Cockpit.
    prepare: buildCockpit,
    run: nodeTests(['test/integration/*.test.ts'], withNodes(3)),
  },
  {
    name: 'browser',
    about: 'real nodes, from headless Chromium',
    prepare: (say) => requireAll([chromiumRequirement], say),
    run: nodeTests(['test/browser/*.test.ts'], withNodes(2)),
  },
  {
    name: 'e2e',
    about: 'the Cockpit in headless Chromium, in a whole market',
    prepare: prepareSite,
    run: nodeTests(['e2e/*.test.ts'], withNodes(2)),
  },
  {
    name: 'story',
    about: 'the scripted demo as a whole',
    prepare: prepareSite,
    run: nodeTests(['e2e/story/*.test.ts'], ['--test-force-exit']),
  },
  {
    name: 'clippy',
    about: 'Clippy finds nothing in pallets, runtime and Dx',
    yields: true,
    prepare: rust,
    run: async (say) => {
      const args = ['clippy', '--locked', ...crates, '--all-targets', '--', '-D', 'warnings'];
      return asOne((await runCargo(args, { yields: true, onLine: say })) === 0);
    },
  },
  { name: 'pallets', about: 'pallets, runtime and Dx in Rust', yields: true, prepare: rust, run: cargoTests },
];

async function prepareSite(say: Say): Promise<void> {
  await requireAll([chromiumRequirement], say);
  await buildCockpit(say);
}

/** Otherwise the first test would build it within its own time. */
async function buildCockpit(say: Say): Promise<void> {
  await buildSite({ onLine: say });
}

/** A check is one thing that passes or fails, whatever it finds. */
function asOne(passed: boolean): Counts {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, failures: [] };
}

function sum(all: readonly Counts[]): Counts {
  const add = (key: 'passed' | 'failed' | 'skipped') => all.reduce((total, counts) => total + counts[key], 0);
  const failures = all.flatMap((counts) => counts.failures);
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped'), failures };
}

/** A failure that is not the failure of a test, such as one of compiling, counts as one. */
function withStatus(counts: Counts, code: number): Counts {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Runs one of the development tools in node_modules. */
function check(tool: string, args: readonly string[]): Stage['run'] {
  return async (say) => {
    const { code } = await run(join(root, 'node_modules', '.bin', tool), args, {
      cwd: root,
      env: colours(),
      yields: true,
      onLine: say,
    });
    return asOne(code === 0);
  };
}

function nodeTests(patterns: readonly string[], options: readonly string[]): Stage['run'] {
  return async (say) => {
    const folder = await mkdtemp(join(tmpdir(), 'airo-test-'));
    const remove = () => rm(folder, { recursive: true, force: true });
    const unregister = onShutdown(remove);
    try {
      const countsFile = join(folder, 'counts.json');
      const reporters = [
        ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
        ...[`--test-reporter=${join(import.meta.dirname, 'counts.ts')}`, `--test-reporter-destination=${countsFile}`],
      ];
      const { code } = await run(process.execPath, ['--test', ...options, ...reporters, ...patterns], {
        cwd: root,
        // A test of this project may itself be run by a test runner, whose children would report to it.
        env: { ...colours(), NODE_TEST_CONTEXT: undefined },
        onLine: say,
      });
      const written = await readFile(countsFile, 'utf8').catch(() => '');
      const counts =
        written === '' ? { passed: 0, failed: 0, skipped: 0, failures: [] } : (JSON.parse(written) as Counts);
      return withStatus(counts, code);
    } finally {
      await remove();
      unregister();
    }
  };
}

async function cargoTests(say: Say): Promise<Counts> {
  const lines: string[] = [];
  const code = await runCargo(['test', '--locked', '--no-fail-fast', ...crates], {
    yields: true,
    onLine: (line) => {
      lines.push(stripVTControlCharacters(line));
      say(line);
    },
  });
  return withStatus(countCargoTests(lines.join('\n')), code);
}

function colours(): Record<string, string | undefined> {
  return process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
}
