/** The scripted demo as a process of a test. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { root } from '../../scripts/lib/paths.ts';
import { start, type Running } from '../../scripts/lib/process.ts';
import { afterwards } from '../../test/support/cleanup.ts';

export interface Script {
  readonly running: Running;
  readonly lines: { readonly stdout: string[]; readonly stderr: string[] };
  /** Where film and pictures go. */
  readonly out: string;
  /** What it has left of its temporary files. */
  readonly left: () => Promise<readonly string[]>;
}

export async function startScript(t: TestContext, ...options: readonly string[]): Promise<Script> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-test-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const out = join(folder, 'out');
  const lines: Script['lines'] = { stdout: [], stderr: [] };
  const running = await start(process.execPath, ['scripts/demo-script.ts', '--out', out, ...options], {
    cwd: root,
    env: { TMPDIR: folder },
    onLine: (line, stream) => lines[stream].push(line),
  });
  afterwards(t, () => running.stop());
  // Node itself keeps compiled code there, and Chromium its own files for a moment longer than it runs.
  const left = async () =>
    (await readdir(folder)).filter((name) => name.startsWith('airo-') || name.startsWith('playwright'));
  return { running, lines, out, left };
}
