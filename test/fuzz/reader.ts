/**
 * The process in which targets read what strangers could send. It may hang, run out of memory or crash; `session.ts` sees to
 * that.
 */
import fc from 'fast-check';

import { samplesOf, type Sample } from './corpus.ts';
import { applyEdits, edits } from './edits.ts';
import { tell, type Finding, type Order } from './orders.ts';
import { check, runsOf, type Target } from './target.ts';
import { targets } from './targets/index.ts';

process.on('message', (order: Order) => {
  carryOut(order).catch((error: unknown) => {
    tell({ kind: 'failed', problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
// Whoever gave the orders is gone.
process.on('disconnect', () => process.exit());
tell({ kind: 'ready' });

async function carryOut({ target: name, seed, runs, corpus }: Order): Promise<void> {
  const target = targets.find((known) => known.name === name);
  if (target === undefined) throw new Error(`There is no target "${name}".`);
  const samples = await samplesOf(name, corpus);
  const unreadSamples: string[] = [];
  const counts = { read: 0, refused: 0 };
  const finding =
    (await brokenSample(target, samples, unreadSamples)) ?? (await brokenChange(target, samples, seed, runs, counts));
  tell({ kind: 'done', finding, unreadSamples, ...counts });
}

async function brokenSample(target: Target, samples: readonly Sample[], unread: string[]): Promise<Finding | null> {
  for (const { file, bytes, isFinding } of samples) {
    tell({ kind: 'next', bytes });
    try {
      if ((await check(target, bytes)) === 'refused' && !isFinding) unread.push(file);
    } catch (error) {
      return { target: target.name, bytes, problem: problemOf(error) };
    }
  }
  return null;
}

async function brokenChange(
  target: Target,
  samples: readonly Sample[],
  seed: number,
  runs: number,
  counts: { read: number; refused: number },
): Promise<Finding | null> {
  const sample = fc.constantFrom(...samples.map(({ bytes }) => bytes));
  const input = fc
    .tuple(sample, sample, edits(target.json !== undefined))
    .map(([from, donor, list]) => applyEdits(from, donor, list, target.json));
  const property = fc.asyncProperty(input, async (bytes) => {
    tell({ kind: 'next', bytes });
    counts[await check(target, bytes)]++;
  });
  const result = await fc.check(property, { seed, numRuns: runsOf(target, runs) });
  if (!result.failed) return null;
  const [bytes = new Uint8Array()] = result.counterexample ?? [];
  return { target: target.name, bytes, problem: problemOf(result.errorInstance) };
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
