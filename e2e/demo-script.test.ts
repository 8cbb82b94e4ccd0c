/** What happens to the scripted demo when it is stopped, or cannot begin. The story itself: `story/story.test.ts`. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../scripts/lib/paths.ts';
import { run } from '../scripts/lib/process.ts';
import { waitFor, within } from '../scripts/lib/wait.ts';
import { isAlive } from '../test/support/alive.ts';
import { descendants } from '../test/support/processes.ts';
import { startScript } from './support/demo-script.ts';

test('stopped in the middle, the scripted demo leaves nothing', { timeout: 300_000 }, async (t) => {
  const { running, lines, left } = await startScript(t, '--no-video');
  await waitFor(() => lines.stdout.some((line) => line.includes('registers a model')), {
    what: 'the story to begin',
    timeoutMs: 240_000,
    signal: t.signal,
  });
  const pids = [running.pid, ...descendants(running.pid)];
  assert.ok(pids.length >= 7, 'the script, the node, the Dx server and four browsers run');
  const { code } = await within(running.stop(60_000), { what: 'the story to stop', timeoutMs: 90_000 });
  assert.equal(code, 130, [...lines.stdout, ...lines.stderr].join('\n'));
  assert.deepEqual(pids.filter(isAlive), []);
  assert.deepEqual(await left(), []);
});

test('without a Chromium the scripted demo says so before it starts anything', async () => {
  const { code, output } = await run(process.execPath, ['scripts/demo-script.ts'], {
    cwd: root,
    env: { AIRO_CHROMIUM: join(root, 'package.json') },
  });
  assert.match(output, /AIRO_CHROMIUM names .*package\.json, which cannot be run/);
  assert.equal(code, 1);
});

test('options that the scripted demo does not have are refused', async () => {
  const { code, output } = await run(process.execPath, ['scripts/demo-script.ts', '--no-vidoe'], { cwd: root });
  assert.match(output, /Did you mean --no-video\?/);
  assert.equal(code, 2);
});
