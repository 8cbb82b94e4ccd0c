/** The command line of docker or podman: what both understand. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** Which command line to use, and what to start with it. */
export interface ContainerSpec {
  /** `docker` (the default), `podman`, or a path. */
  readonly command?: string;
  /** Arguments before the command's verb: `--storage-driver=vfs`. */
  readonly globalArgs?: readonly string[];
  /** Variables for the command itself, beside those of this process: `DOCKER_HOST`, `CONTAINERS_CONF`. */
  readonly commandEnv?: Readonly<Record<string, string>>;
  readonly image: string;
  /** Arguments for the container's program. `{port}` stands for the port in all arguments and variables. */
  readonly args?: readonly string[];
  /** Further arguments of `run`: `--gpus=all`. */
  readonly runArgs?: readonly string[];
  /** Variables in the container. They do not appear in the list of processes. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * `published` (the default) publishes the container's port on a free port of 127.0.0.1; `host` uses the machine's
   * network, where the container has to listen on 127.0.0.1 itself.
   */
  readonly network?: 'published' | 'host';
  /** The port on which the container listens; on the machine's network, 0 (the default) is a free one: see `{port}`. */
  readonly port?: number;
  /** The most memory: `2g`. */
  readonly memory?: string;
  /** The most processors: 1.5. */
  readonly cpus?: number;
}

/** Files of the machine, by the path under which the container can read them. */
export type Mounts = ReadonlyMap<string, string>;

/** The labels of Airo's containers: whose they are. */
export const OWNER_LABEL = 'airo.owner';

/** How long a command may take that starts nothing. */
const COMMAND_TIMEOUT_MS = 60_000;
/** How long a container may take to end by itself. */
const STOP_GRACE_S = 5;
/** How much of what a container wrote is kept. */
const LOG_LINES = 20;

const exec = promisify(execFile);

export class ContainerCli {
  readonly #spec: ContainerSpec;
  readonly #command: string;
  readonly #global: readonly string[];
  readonly #env: NodeJS.ProcessEnv;

  constructor(spec: ContainerSpec) {
    this.#spec = spec;
    this.#command = spec.command ?? 'docker';
    this.#global = spec.globalArgs ?? [];
    this.#env = { ...process.env, ...spec.commandEnv };
  }

  /** Starts a container in the foreground, so that its end is noticed at once. */
  run(name: string, owner: string, port: number, mounts: Mounts): Foreground {
    const args = runArguments(this.#spec, name, owner, port, mounts);
    const env = Object.entries(this.#spec.env ?? {}).map(([key, value]) => [key, withPort(value, port)] as const);
    return new Foreground(this.#command, [...this.#global, ...args], { ...this.#env, ...Object.fromEntries(env) });
  }

  /** The ids of all containers of an owner, running or not. */
  async list(owner: string): Promise<readonly string[]> {
    const out = await this.#run(['ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${OWNER_LABEL}=${owner}`]);
    return out.split(/\s+/).filter(Boolean);
  }

  /** Stops a container if it runs, and removes it if it is there. Never rejects: see {@link list} for what is left. */
  async remove(name: string): Promise<void> {
    await this.#run(['stop', '-t', `${STOP_GRACE_S}`, name]).catch(() => undefined);
    await this.#run(['rm', '--force', name]).catch(() => undefined);
  }

  async #run(args: readonly string[]): Promise<string> {
    const { stdout } = await exec(this.#command, [...this.#global, ...args], {
      env: this.#env,
      timeout: COMMAND_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    return stdout;
  }
}

/** The arguments that start a container, without the global ones. */
export function runArguments(
  spec: ContainerSpec,
  name: string,
  owner: string,
  port: number,
  mounts: Mounts,
): readonly string[] {
  const inside = spec.port ?? 0;
  return [
    ...['run', '--rm', '--name', name, '--label', `${OWNER_LABEL}=${owner}`],
    ...(spec.network === 'host' ? ['--network', 'host'] : ['--publish', `127.0.0.1:${port}:${inside}`]),
    ...(spec.memory === undefined ? [] : ['--memory', spec.memory]),
    ...(spec.cpus === undefined ? [] : ['--cpus', `${spec.cpus}`]),
    // Without a value the command takes it from its own environment.
    ...Object.keys(spec.env ?? {}).flatMap((key) => ['--env', key]),
    ...[...mounts].flatMap(([inside, file]) => ['--volume', `${file}:${inside}:ro`]),
    ...(spec.runArgs ?? []).map((arg) => withPort(arg, port)),
    spec.image,
    ...(spec.args ?? []).map((arg) => withPort(arg, port)),
  ];
}

function withPort(text: string, port: number): string {
  return text.replaceAll('{port}', `${port}`);
}

/** The port of 127.0.0.1 at which a container will be reached. */
export async function portFor({ network, port = 0 }: ContainerSpec): Promise<number> {
  if (network === 'host' && port !== 0) return port;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

/** The command that runs a container in the foreground. */
export class Foreground {
  /** Resolves when it has ended, with the reason; never rejects. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    // In a group of its own, because a Ctrl-C must not reach the container before its owner has decided what to do.
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
        this.#lines.push(line.slice(0, 1_000));
        if (this.#lines.length > LOG_LINES) this.#lines.shift();
      });
    }
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`${command} cannot be started: ${error.message}`));
      child.once('close', (code, signal) => resolve(`the container ended with ${signal ?? `status ${code ?? '?'}`}`));
    });
  }

  /** The last lines that the container, or the command itself, wrote. */
  get log(): string {
    return this.#lines.join('\n');
  }

  /** Ends the command, for when its container is gone and it has not noticed. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
