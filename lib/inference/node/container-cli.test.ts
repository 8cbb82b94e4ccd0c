import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runArguments } from './container-cli.ts';
import { containerRunner } from './container-runner.ts';
import { fixture } from '../../../test/support/inference.ts';

const run = (spec: object, mounts: [string, string][] = []) =>
  runArguments({ image: 'server:1', ...spec }, 'airo-x-1', 'x', 4321, new Map(mounts)).join(' ');

test('a container’s port is published on 127.0.0.1 unless it has the machine’s network', () => {
  assert.equal(
    run({ port: 8000 }),
    'run --rm --name airo-x-1 --label airo.owner=x --publish 127.0.0.1:4321:8000 server:1',
  );
  assert.equal(
    run({ network: 'host', args: ['--port', '{port}'], runArgs: ['--health-cmd=check {port}'] }),
    'run --rm --name airo-x-1 --label airo.owner=x --network host --health-cmd=check 4321 server:1 --port 4321',
  );
});

test('limits, variables and files are passed on, variables without their values', () => {
  const arguments_ = run({ port: 8000, memory: '2g', cpus: 1.5, env: { TOKEN: 'secret' } }, [
    ['/model.onnx', '/tmp/m'],
  ]);
  assert.match(arguments_, / --memory 2g --cpus 1.5 --env TOKEN --volume \/tmp\/m:\/model.onnx:ro server:1$/);
});

test('a command that is not there is said to be missing', async (t) => {
  const runner = containerRunner({ command: 'no-such-docker', image: 'x', port: 8000, owner: 'test' });
  await assert.rejects(runner.load(fixture('classifier'), t.signal), {
    name: 'ModelUnavailable',
    message: /no-such-docker does not work: .*ENOENT/,
  });
});

test('an owner that no label can have is refused', () => {
  assert.throws(() => containerRunner({ image: 'x', port: 8000, owner: 'a b' }), RangeError);
});

test('a container that publishes its port must say which', () => {
  assert.throws(() => containerRunner({ image: 'x', owner: 'a' }), { name: 'RangeError', message: /port/ });
});
