import assert from 'node:assert/strict';
import { constants, getPriority } from 'node:os';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { isAlive } from '../../test/support/alive.ts';
import { run, start } from './process.ts';
import { waitFor } from './wait.ts';

const node = process.execPath;

/** Starts a script and resolves with the first line it writes. */
async function startScript(script: string) {
  const lines: string[] = [];
  const running = await start(node, ['-e', script], { onLine: (line) => lines.push(line) });
  const first = await waitFor(() => lines[0], { what: 'a line', timeoutMs: 20_000 });
  return { running, first };
}

test('a program that ends is reported with its status and its output', async () => {
  const { code, output } = await run(node, ['-e', 'console.log("out"); console.error("err"); process.exit(3)']);
  assert.equal(code, 3);
  assert.deepEqual(output.split('\n').sort(), ['err', 'out']);
});

test('a program that does not exist is named', async () => {
  await assert.rejects(run('no-such-program', []), /no-such-program could not be started/);
});

test('a program that is stopped may end in order', async () => {
  const { running } = await startScript(
    'process.on("SIGINT", () => process.exit(7)); setInterval(() => {}, 1000); console.log("ready")',
  );
  assert.deepEqual(await running.stop(), { code: 7 });
  assert.equal(isAlive(running.pid), false);
});

test('a program that ignores being stopped is ended after the grace period', async () => {
  const { running } = await startScript(
    'process.on("SIGINT", () => {}); setInterval(() => {}, 1000); console.log("ready")',
  );
  assert.deepEqual(await running.stop(10), { code: 137 });
});

test('a program that yields goes behind others', async () => {
  const running = await start(node, ['-e', 'setInterval(() => {}, 1000)'], { yields: true });
  assert.equal(getPriority(running.pid), constants.priority.PRIORITY_LOW);
  await running.kill();
});

test("a program's own children are ended with it", async () => {
  const { running, first } = await startScript(
    `const { pid } = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
     setInterval(() => {}, 1000); console.log(pid)`,
  );
  await running.kill();
  await waitFor(() => !isAlive(Number(first)), { what: 'the grandchild to be gone', timeoutMs: 10_000 });
});

test('a program that ends with its parent has its own arguments, and ends when the parent is killed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'airo-process-'));
  t.after(() => rm(folder, { recursive: true }));
  const program = join(folder, 'program.cjs');
  await writeFile(program, 'console.log(process.pid, ...process.argv.slice(1)); setInterval(() => {}, 1000);');
  const endWithParent = JSON.stringify(join(import.meta.dirname, 'end-with-parent.ts'));
  const { running, first } = await startScript(
    `const args = [${endWithParent}, String(process.pid), ${JSON.stringify(program)}, "--one"];
     require("child_process").spawn(process.execPath, args, { stdio: "inherit", detached: true });
     setInterval(() => {}, 1000);`,
  );
  const [pid, ...args] = first.split(' ');
  assert.deepEqual(args, [program, '--one']);
  t.after(() => isAlive(Number(pid)) && process.kill(Number(pid), 'SIGKILL'));
  assert.equal(isAlive(Number(pid)), true);
  void running.kill();
  await waitFor(() => !isAlive(Number(pid)), { what: 'the program to end', timeoutMs: 20_000 });
});

for (const [ending, code] of [
  ['process.kill(process.pid, "SIGTERM")', 143],
  ['process.exit(4)', 4],
] as const) {
  test(`a script that ends by ${ending} leaves no program behind`, async () => {
    const module = JSON.stringify(new URL('./process.ts', import.meta.url).href);
    const script = `
      const { start } = await import(${module});
      const { pid } = await start(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      console.log(pid);
      setTimeout(() => { ${ending} }, 0);`;
    const { code: status, output } = await run(node, ['--input-type=module', '-e', script]);
    assert.equal(status, code);
    await waitFor(() => !isAlive(Number(output)), { what: 'the program to be gone', timeoutMs: 10_000 });
  });
}
