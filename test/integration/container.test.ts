import assert from 'node:assert/strict';
import { before, describe, test, type TestContext } from 'node:test';

import { afterwards } from '../support/cleanup.ts';
import { fixture, picture } from '../support/inference.ts';
import { emptyImage, noContainers, preparePodman, serverImage, type Podman } from '../support/inference-containers.ts';
import { containerRunner, type ContainerRunnerOptions } from '../../lib/inference/node/container-runner.ts';
import { onnxRunner } from '../../lib/inference/node/onnx-runner.ts';
import type { ContainerEvent } from '../../lib/inference/node/supervised-container.ts';
import { within } from '../../scripts/lib/wait.ts';

const TWENTY_MINUTES = 1_200_000;
const request = { inputs: [picture(1)] };

describe('a model in a container', { skip: noContainers() ?? false, timeout: TWENTY_MINUTES }, () => {
  let podman: Podman;
  let image: string;
  before(
    async () => {
      podman = await preparePodman(console.log);
      image = await serverImage(podman, console.log);
    },
    { timeout: TWENTY_MINUTES },
  );

  /** Options under which this image runs on this machine, for the events that are returned beside them. */
  function settings(t: TestContext, owner: string) {
    const events = new Events();
    const options: ContainerRunnerOptions = {
      command: podman.command,
      globalArgs: podman.globalArgs,
      commandEnv: podman.commandEnv,
      image,
      // Without systemd podman only complains about them.
      runArgs: ['--no-healthcheck'],
      network: 'host',
      args: ['--host', '127.0.0.1', '--port', '{port}', '--name', 'classifier', '--sessions', '1'],
      modelPath: '/model/model.onnx',
      descriptionPath: '/model/description.json',
      owner: `test-${process.pid}-${owner}`,
      healthIntervalMs: 200,
      restartMs: { first: 50, most: 1_000 },
      onEvent: (event) => events.add(event),
    };
    const runner = (changes: Partial<ContainerRunnerOptions> = {}) => {
      const made = containerRunner({ ...options, ...changes });
      afterwards(t, () => made.close());
      return made;
    };
    const left = () => podman.run('ps', '--all', '--quiet', '--filter', `label=airo.owner=${options.owner}`);
    afterwards(t, async () => assert.equal(await left(), ''));
    return { owner: options.owner, events, runner, left };
  }

  test('runs with the results of this process, is started again when it dies or hangs, and is removed in the end', async (t) => {
    const { owner, events, runner, left } = settings(t, 'lives');
    const local = onnxRunner({ sessions: 1 });
    afterwards(t, () => local.close());
    const here = await local.load(fixture('classifier'), t.signal);
    const expected = (await here.run(request, t.signal)).outputs;

    // What a crash of the owner would have left.
    await podman.run('create', '--label', `airo.owner=${owner}`, await emptyImage(podman), 'anything');
    assert.notEqual(await left(), '');
    const containers = runner();
    const model = await containers.load(fixture('classifier'), t.signal);
    assert.deepEqual((await model.run(request, t.signal)).outputs, expected);
    assert.equal((await left()).split('\n').length, 1);

    const first = await events.next('ready');
    // The image has no certificates, so onnxruntime would complain if it wanted to send anything.
    assert.doesNotMatch(await podman.run('logs', first.container), /telemetry/i);
    await podman.run('kill', first.container);
    // Which of both is noticed first depends on how long podman takes to clear up.
    assert.match((await events.next('lost')).reason, /^(the container ended with|it did not answer)/);
    const second = await events.next('ready');
    assert.notEqual(second.container, first.container);
    assert.deepEqual((await model.run(request, t.signal)).outputs, expected);

    await podman.run('kill', '--signal', 'STOP', second.container);
    assert.match((await events.next('lost')).reason, /did not answer 3 times/);
    await assert.rejects(model.run(request, t.signal), { name: 'ModelUnavailable' });
    await events.next('ready');
    assert.deepEqual((await model.run(request, t.signal)).outputs, expected);

    await containers.close();
    assert.equal(await left(), '');
    await assert.rejects(model.run(request, t.signal), { name: 'ModelUnavailable' });
  });

  test('can be reached at a published port, with its memory and processors limited', async (t) => {
    const trial = ['--rm', '--no-healthcheck', '--publish', '127.0.0.1::8000', '--entrypoint', 'true'];
    const refused = await podman.run('run', ...trial, image).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    if (refused !== undefined) {
      t.skip(`Podman cannot publish ports on this machine: ${refused}`);
      return;
    }
    const { runner, events } = settings(t, 'published');
    const changes = {
      network: 'published',
      port: 8000,
      memory: '512m',
      cpus: 1,
      args: ['--name', 'classifier'],
    } as const;
    const model = await runner(changes).load(fixture('classifier'), t.signal);
    assert.deepEqual((await model.run(request, t.signal)).outputs[0]?.shape, [1, 3]);
    const { container } = await events.next('ready');
    const limits = await podman.run(
      'inspect',
      '--format',
      '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}',
      container,
    );
    assert.equal(limits.trim(), `${512 * 1024 * 1024} 1000000000`);
  });

  test('that does not come up is removed, and its last lines are in the error', async (t) => {
    const { runner, left } = settings(t, 'fails');
    const wrong = runner({ args: ['--model', '/nowhere.onnx'] });
    await assert.rejects(wrong.load(fixture('classifier'), t.signal), {
      name: 'ModelUnavailable',
      message: /did not come up: .*status 1\nIts last lines:\n(.*\n)*.*\/nowhere\.onnx/,
    });
    assert.equal(await left(), '');
  });

  test('that is given up while it starts is removed', async (t) => {
    const { runner, left } = settings(t, 'given-up');
    const abort = new AbortController();
    const loading = runner().load(fixture('classifier'), abort.signal);
    const reason = new Error('not wanted any more');
    setImmediate(() => abort.abort(reason));
    await assert.rejects(loading, reason);
    assert.equal(await left(), '');
  });
});

/** Events in the order in which they came, each given out once. */
class Events {
  readonly #come: ContainerEvent[] = [];
  #changed = Promise.withResolvers<undefined>();

  add(event: ContainerEvent): void {
    this.#come.push(event);
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers();
  }

  /** The next event, which must be of this kind. */
  async next<E extends ContainerEvent['event']>(kind: E): Promise<Extract<ContainerEvent, { event: E }>> {
    while (this.#come.length === 0) {
      await within(this.#changed.promise, { what: `the event "${kind}"`, timeoutMs: 120_000 });
    }
    const event = this.#come.shift();
    assert.equal(event?.event, kind, JSON.stringify(event));
    return event as Extract<ContainerEvent, { event: E }>;
  }
}
