/** The whole story of the market in four browsers, with WebGPU emulated by the processor. It needs the machine for itself. */
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { startScript } from '../support/demo-script.ts';

/** As `--json` prints it. */
interface Document {
  readonly outcome: {
    readonly bids: readonly { readonly provider: string; readonly price: string }[];
    readonly price: string;
    readonly gpuDispatches: number;
    readonly directBytes: { readonly toProvider: number; readonly toConsumer: number };
    readonly royalties: { readonly owner: string; readonly buyer: string };
  };
  readonly steps: readonly { readonly title: string; readonly facts: readonly string[]; readonly pictures: number }[];
  readonly film: { readonly file: string; readonly seconds: number; readonly frames: number };
}

test('the scripted demo plays its story, films it, and leaves nothing else', { timeout: 900_000 }, async (t) => {
  const { running, lines, out, left } = await startScript(t, '--json');
  const { code } = await running.ended;
  assert.equal(code, 0, lines.stderr.join('\n'));
  const { outcome, steps, film } = JSON.parse(lines.stdout.join('\n')) as Document;

  await t.test('every step was checked and is shown', async () => {
    assert.ok(steps.length >= 11);
    for (const { title, facts, pictures } of steps) {
      assert.ok(facts.length > 0, `${title}: nothing was checked`);
      assert.ok(pictures > 0, `${title}: no picture`);
    }
    const page = await readFile(join(out, 'index.html'), 'utf8');
    const pictures = [...page.matchAll(/src="(pictures\/[^"]+)"/g)].map(([, file = '']) => file);
    assert.equal(
      pictures.length,
      steps.reduce((sum, step) => sum + step.pictures, 0),
    );
    for (const file of pictures) assert.ok((await stat(join(out, file))).size > 1_000, file);
  });
  await t.test('server and tab bid against each other, and the lowest bid won', () => {
    assert.equal(new Set(outcome.bids.map(({ provider }) => provider)).size, 2);
    assert.ok(outcome.bids.length >= 4);
    const lowest = outcome.bids.map(({ price }) => BigInt(price)).reduce((a, b) => (a < b ? a : b));
    assert.equal(BigInt(outcome.price), lowest);
  });
  await t.test('the answer was computed by WebGPU and went from tab to tab', () => {
    assert.ok(outcome.gpuDispatches > 0);
    assert.ok(outcome.directBytes.toProvider > 28 * 28 * 4);
    assert.ok(outcome.directBytes.toConsumer > 0);
  });
  await t.test('the royalty went to whoever had the NFT', () => {
    assert.deepEqual(outcome.royalties, { owner: '10000000000', buyer: '10000000000' });
  });
  await t.test('the film has been played', () => {
    assert.ok(film.seconds > 2 * steps.length);
    assert.ok(film.frames > 5 * steps.length);
  });
  assert.deepEqual(await left(), []);
});
