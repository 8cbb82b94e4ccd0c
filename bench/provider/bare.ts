/** How fast onnxruntime-node is with nothing around it. */
import { join } from 'node:path';

import { start } from '../../scripts/lib/process.ts';
import type { BareResult, BareTask, Setting } from './bare-task.ts';

/** Runs a model in a process of its own. @throws with what the process wrote when it fails */
export async function runBare(task: BareTask): Promise<BareResult> {
  const lines: string[] = [];
  const script = join(import.meta.dirname, 'bare-process.ts');
  const running = await start(process.execPath, [script, JSON.stringify(task)], { onLine: (line) => lines.push(line) });
  const { code } = await running.ended;
  const last = lines.at(-1);
  if (code !== 0 || last === undefined) throw new Error(`Running the bare model failed:\n${lines.join('\n')}`);
  return JSON.parse(last) as BareResult;
}

/** What onnxruntime can be given on this many processors: one session for all of them, or one for each. */
export function settings(processors: number): readonly Setting[] {
  const divisions = [
    { sessions: 1, threads: processors },
    { sessions: processors, threads: 1 },
  ];
  return (processors > 1 ? divisions : divisions.slice(1)).flatMap((division) =>
    [1, 4, 16].map((batch) => ({ ...division, batch })),
  );
}

/** Tries all settings for a short time each, and gives the fastest. */
export async function fastest(
  task: Omit<BareTask, 'setting'>,
  candidates: readonly Setting[],
): Promise<{ readonly setting: Setting; readonly imagesPerSecond: number }> {
  let best: { setting: Setting; imagesPerSecond: number } | undefined;
  for (const setting of candidates) {
    const { imagesPerSecond } = await runBare({ ...task, setting });
    if (best === undefined || imagesPerSecond > best.imagesPerSecond) best = { setting, imagesPerSecond };
  }
  if (best === undefined) throw new Error('There is no setting to try.');
  return best;
}
