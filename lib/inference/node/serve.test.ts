import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { httpRunner } from '../http-runner.ts';
import { toNumbers } from '../tensor.ts';
import { root } from '../../../scripts/lib/paths.ts';
import { run, start } from '../../../scripts/lib/process.ts';
import { afterwards } from '../../../test/support/cleanup.ts';
import { classifyDirectly, descriptions, fixture, fixtureFile, picture } from '../../../test/support/inference.ts';

const script = join(root, 'lib', 'inference', 'node', 'serve.ts');

async function describedIn(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-serve-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'description.json');
  await writeFile(file, text);
  return file;
}

test('a served model gives the results of a direct run, until the process is told to stop', async (t) => {
  const description = await describedIn(t, JSON.stringify(descriptions.classifier));
  const url = Promise.withResolvers<string>();
  const lines: string[] = [];
  const files = ['--model', fixtureFile('classifier'), '--description', description];
  const server = await start(
    process.execPath,
    [script, ...files, '--name', 'classifier', '--port', '0', '--sessions', '1'],
    {
      onLine: (line) => {
        lines.push(line);
        const found = /^Listening on (.*)$/.exec(line)?.[1];
        if (found !== undefined) url.resolve(found);
      },
    },
  );
  afterwards(t, () => server.stop());
  void server.ended.then(() => url.reject(new Error(lines.join('\n'))));
  const model = await httpRunner({ url: await url.promise }).load(fixture('classifier'), t.signal);
  const { outputs } = await model.run({ inputs: [picture(1)] }, t.signal);
  const expected = await classifyDirectly(picture(1));
  const actual = outputs.flatMap((output) => [...toNumbers(output)]);
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) assert.ok(Math.abs((actual[i] ?? NaN) - value) < 1e-5);
  process.kill(server.pid, 'SIGTERM');
  assert.deepEqual(await server.ended, { code: 0 });
  assert.deepEqual(lines.slice(1), []);
});

test('what is wrong with the command line or the files is said, and the exit status is not 0', async (t) => {
  const model = ['--model', fixtureFile('classifier')];
  const description = ['--description', await describedIn(t, JSON.stringify(descriptions.classifier))];
  const cases: [string[], RegExp][] = [
    [[], /--model and --description are needed/],
    [['--colour', 'red'], /--colour/],
    [[...model, ...description, '--port', '70000'], /--port must be a whole number from 0 to 65535/],
    [[...model, ...description, '--sessions', '0'], /--sessions must be/],
    [[...model, '--description', '/nowhere.json'], /nowhere\.json/],
    [[...model, '--description', await describedIn(t, '{}')], /description's name is wrong/],
    [[...description, '--model', fixtureFile('pick'), '--port', '0'], /The model is not as described/],
  ];
  for (const [args, message] of cases) {
    const { code, output } = await run(process.execPath, [script, ...args]);
    assert.equal(code, 1, output);
    assert.match(output, message);
  }
  const help = await run(process.execPath, [script, '--help']);
  assert.equal(help.code, 0);
  assert.match(help.output, /--description FILE/);
});

test('the container image has the versions of packages that the project has', async () => {
  const read = async (...path: string[]) =>
    JSON.parse(await readFile(join(root, ...path), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
  const [project, image] = [await read('package.json'), await read('docker', 'oip-server', 'package.json')];
  for (const [name, version] of Object.entries(image.dependencies))
    assert.equal(version, project.dependencies[name], name);
});
