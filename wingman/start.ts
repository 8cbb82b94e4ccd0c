/** Starting a Wingman as a process of its own: for the demonstration, benchmarks and tests. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ConfigText } from './config/schema.ts';
import { start, type Ended, type Running } from '../scripts/lib/process.ts';
import { onShutdown } from '../scripts/lib/shutdown.ts';
import { waitFor } from '../scripts/lib/wait.ts';

export interface StartWingmanOptions {
  /** What is configured, but for the base path. Where it says nothing, the REST API takes any free port. */
  readonly config: DeepReadonly<Omit<ConfigText, 'basePath'>>;
  /** The secret of its account; given by the environment, never written. */
  readonly secret: string;
  /** Keeps its state, and is kept. Default: a temporary folder that goes when it stops. */
  readonly basePath?: string;
  /** Further arguments, such as `--reset-settings`. */
  readonly arguments?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take until it answers. Default: 60 s. */
  readonly timeoutMs?: number;
  /** Receives each line of its log. */
  readonly onLog?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The same, in which nothing can be changed: a configuration that was written with `as const` is one too. */
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** A Wingman that runs. */
export interface WingmanProcess extends AsyncDisposable {
  readonly pid: number;
  /** Where its REST API answers. */
  readonly url: string;
  /** The bearer token of the API. */
  readonly token: string;
  readonly basePath: string;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<Ended>;
  /** The last lines of its log. */
  log(): string;
  /**
   * Asks the REST API, with the token.
   *
   * @param path such as `/v1/status`
   * @returns the answer's JSON
   * @throws when the answer is an error, with its text
   */
  api<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<T>;
  /** Waits until it could earn: chain, Dx, models and registration. @throws with what is missing */
  ready(timeoutMs?: number): Promise<void>;
  /** Ends it in order and removes a temporary base path. */
  stop(): Promise<Ended>;
  /** Ends the process at once, as a power cut would; a given base path stays as it is. */
  kill(): Promise<Ended>;
}

/** A Wingman that could not be started, with the last lines of its log. */
export class WingmanStartError extends Error {
  override readonly name = 'WingmanStartError';
}

const keptLogLines = 400;
const requestTimeoutMs = 60_000;

/**
 * Starts a Wingman and waits until its REST API answers. Started again with the same base path and configuration, it goes
 * on where it was stopped or killed.
 *
 * @throws {WingmanStartError} when it ends or its deadline passes before that; nothing of it runs then
 */
export async function startWingman(options: StartWingmanOptions): Promise<WingmanProcess> {
  const temporary = options.basePath === undefined;
  const basePath = options.basePath ?? (await mkdtemp(join(tmpdir(), 'airo-wingman-')));
  const lines: string[] = [];
  let running: Running | undefined;
  const end = async (how: 'stop' | 'kill'): Promise<Ended> => {
    const ended = (await running?.[how]()) ?? { code: 0 };
    if (temporary) await rm(basePath, { recursive: true, force: true, maxRetries: 5 });
    unregister();
    return ended;
  };
  const unregister = onShutdown(async () => {
    await end('stop');
  });
  try {
    await mkdir(basePath, { recursive: true, mode: 0o700 });
    const file = join(basePath, 'config.json');
    const api = { port: 0, ...options.config.api };
    await writeFile(file, JSON.stringify({ ...options.config, api, basePath: '.' }, null, 2));
    const script = join(import.meta.dirname, 'main.ts');
    running = await start(process.execPath, [script, '--config', file, ...(options.arguments ?? [])], {
      env: { ...options.env, AIRO_WINGMAN_SECRET: options.secret },
      onLine: (line) => {
        lines.push(line);
        if (lines.length > keptLogLines) lines.shift();
        options.onLog?.(line);
      },
    });
    const url = await reached(running, lines, options);
    const token = options.env?.AIRO_WINGMAN_TOKEN ?? (await tokenOf(options, basePath));
    const call = <T>(method: string, path: string, body?: unknown) => ask<T>(url, token, method, path, body);
    const stop = () => end('stop');
    return {
      pid: running.pid,
      url,
      token,
      basePath,
      ended: running.ended,
      log: () => lines.join('\n'),
      api: call,
      ready: (timeoutMs = 60_000) => ready(url, timeoutMs, options.signal),
      stop,
      kill: () => end('kill'),
      [Symbol.asyncDispose]: async () => {
        await stop();
      },
    };
  } catch (error) {
    await end('kill');
    if (options.signal?.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const tail = lines.slice(-30).map((line) => `  | ${line}`);
    throw new WingmanStartError([`Wingman did not start: ${reason}`, ...tail].join('\n'), { cause: error });
  }
}

async function tokenOf({ config }: StartWingmanOptions, basePath: string): Promise<string> {
  return (await readFile(config.api?.tokenFile ?? join(basePath, 'api-token'), 'utf8')).trim();
}

/** Waits for the line that says where the API listens, and for its first answer. */
async function reached(running: Running, lines: readonly string[], options: StartWingmanOptions): Promise<string> {
  let endedWith: Ended | undefined;
  void running.ended.then((ended) => (endedWith = ended));
  return waitFor(
    async () => {
      if (endedWith !== undefined) throw new Error(`it ended with status ${endedWith.code}`);
      const url = urlIn(lines);
      if (url === undefined) return undefined;
      const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) });
      return answer.ok ? url : undefined;
    },
    { what: 'its REST API', timeoutMs: options.timeoutMs ?? 60_000, signal: options.signal },
  );
}

/** The address in the line "the REST API listens", in JSON or for people. */
function urlIn(lines: readonly string[]): string | undefined {
  const line = lines.find((text) => text.includes('the REST API listens'));
  return /"url":"([^"]+)"|url=(\S+)/
    .exec(line ?? '')
    ?.slice(1)
    .find(Boolean);
}

async function ask<T>(url: string, token: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

async function ready(url: string, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  let missing = '';
  try {
    await waitFor(
      async () => {
        const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(requestTimeoutMs) });
        missing = await answer.text();
        return answer.ok;
      },
      { what: 'the Wingman to be ready', timeoutMs, everyMs: 200, signal },
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`${error instanceof Error ? error.message : ''} ${missing}`, { cause: error });
  }
}
