/**
 * Running a model in a container that speaks the Open Inference Protocol, with the command line of docker or podman: it
 * is started, watched, started again when it dies or does not answer, and removed in the end.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ModelUnavailable } from '../errors.ts';
import type { HttpRunnerOptions } from '../http-runner.ts';
import type { LoadedModel, RunnableModel, Runner } from '../types.ts';
import { ContainerCli, type ContainerSpec, type Mounts } from './container-cli.ts';
import { SupervisedContainer, type ContainerEvent, type Supervision } from './supervised-container.ts';

export interface ContainerRunnerOptions
  extends ContainerSpec, Supervision, Omit<HttpRunnerOptions, 'url' | 'metadataTimeoutMs'> {
  /**
   * Whose containers these are. Those with this name that are there when the first model is loaded are taken for what a
   * crash has left, and are removed: so it must be the same after a restart, and no two runners on a machine may share
   * it while both run. Letters, digits, `.`, `_` and `-`.
   */
  readonly owner: string;
  /** Where the container expects the ONNX file, if it does; it is mounted there, read-only. */
  readonly modelPath?: string;
  /** Where the container expects the model's description as JSON, if it does; mounted read-only. */
  readonly descriptionPath?: string;
  /** Is told what happens to the containers. */
  readonly onEvent?: (event: ContainerEvent) => void;
}

/**
 * A runner that starts a container for each model.
 *
 * @throws {RangeError} when the options make no sense
 */
export function containerRunner(options: ContainerRunnerOptions): Runner {
  const { owner, image, command = 'docker', onEvent = () => undefined } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(owner)) {
    throw new RangeError(`"${owner}" cannot be a container's owner: use letters, digits, ".", "_" and "-".`);
  }
  if (options.network !== 'host' && options.port === undefined) {
    throw new RangeError(`Say on which port a container of ${image} listens, so that it can be published.`);
  }
  const cli = new ContainerCli(options);
  const loaded = new Set<LoadedModel>();
  let tidied: Promise<void> | undefined;
  let closed = false;
  const refuseIfClosed = () => {
    if (closed) throw new ModelUnavailable('The runner is closed.');
  };

  async function removeLeftovers(): Promise<void> {
    try {
      for (const id of await cli.list(owner)) await cli.remove(id);
    } catch (error) {
      tidied = undefined;
      throw new ModelUnavailable(`${command} does not work: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async function load(model: RunnableModel, signal: AbortSignal): Promise<LoadedModel> {
    refuseIfClosed();
    await (tidied ??= removeLeftovers());
    const folder = await mkdtemp(join(tmpdir(), 'airo-model-'));
    const removeFolder = () => rm(folder, { recursive: true, force: true });
    try {
      const mounts = await provide(model, folder, options, signal);
      const start = () => `airo-${owner}-${randomBytes(6).toString('hex')}`;
      const container = new SupervisedContainer(cli, model, mounts, { ...options, newName: start, onEvent });
      await container.start(signal);
      const handle: LoadedModel = {
        concurrency: container.concurrency,
        run: (request, signal) => container.run(request, signal),
        release: async () => {
          loaded.delete(handle);
          await container.stop();
          await removeFolder();
        },
      };
      loaded.add(handle);
      if (closed) await handle.release();
      refuseIfClosed();
      return handle;
    } catch (error) {
      await removeFolder();
      throw error;
    }
  }

  return {
    about: `containers of ${image} by ${command}`,
    load,
    close: async () => {
      closed = true;
      await Promise.all([...loaded].map((model) => model.release()));
    },
  };
}

/** Writes the files that the container wants to have. */
async function provide(
  model: RunnableModel,
  folder: string,
  { modelPath, descriptionPath }: ContainerRunnerOptions,
  signal: AbortSignal,
): Promise<Mounts> {
  const mounts = new Map<string, string>();
  const add = async (inside: string, name: string, content: Uint8Array | string) => {
    const file = join(folder, name);
    // The container's user may be anybody.
    await writeFile(file, content, { mode: 0o644 });
    mounts.set(inside, file);
  };
  await chmod(folder, 0o755);
  if (modelPath !== undefined) await add(modelPath, 'model.onnx', await model.bytes(signal));
  if (descriptionPath !== undefined) {
    await add(descriptionPath, 'description.json', JSON.stringify(model.description));
  }
  return mounts;
}
