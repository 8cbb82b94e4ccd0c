/** Child processes that are watched, stopped by their own id, and never outlive the script that started them. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';

import { holdDuringShutdown, onShutdown } from './shutdown.ts';

/** How a process ended: `code` is what a shell would report, so 128 plus the number of a signal. */
export interface Ended {
  readonly code: number;
}

export interface Running {
  readonly pid: number;
  /** Resolves when the process and all its output have ended; never rejects. */
  readonly ended: Promise<Ended>;
  /** Asks the process and its children to end by SIGINT, and insists after `graceMs`. Resolves when it has ended. */
  stop(graceMs?: number): Promise<Ended>;
  /** Ends the process and its children at once, as a power cut would. */
  kill(): Promise<Ended>;
}

export interface StartOptions {
  readonly cwd?: string;
  /** Variables to set beside those of this process; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether it and its children only get the processor time that nobody else wants. */
  readonly yields?: boolean;
  /** Receives each line of standard output and standard error. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/**
 * Starts a process in a group of its own. A Ctrl-C then reaches it only through {@link onShutdown}, in order, and its
 * own children are reached with it.
 *
 * @throws when the program cannot be started, with a message that names it
 */
export async function start(command: string, args: readonly string[], options: StartOptions = {}): Promise<Running> {
  await holdDuringShutdown();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let closed = false;
  const ended = new Promise<Ended>((resolve) => {
    // Not 'exit': children of the process may still run and write then, and must be reached by a signal.
    child.once('close', (code, signal) => {
      closed = true;
      unregister();
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) });
    });
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[stream], crlfDelay: Infinity }).on('line', (line) => options.onLine?.(line, stream));
  }
  const send = (signal: NodeJS.Signals) => {
    if (child.pid === undefined || closed) return;
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const kill = () => {
    send('SIGKILL');
    return ended;
  };
  const stop = async (graceMs = 10_000) => {
    send('SIGINT');
    const timer = setTimeout(() => send('SIGKILL'), graceMs);
    try {
      return await ended;
    } finally {
      clearTimeout(timer);
    }
  };
  const unregister = onShutdown(
    async () => {
      await stop();
    },
    () => send('SIGKILL'),
  );
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      unregister();
      reject(new Error(`${command} could not be started: ${error.message}`, { cause: error }));
    });
  });
  const pid = child.pid ?? 0;
  if (options.yields) letYield(pid);
  return { pid, ended, stop, kill };
}

/** Lets a process and the children that it will have go behind all others. Where that is not possible nothing changes. */
function letYield(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
    // Linux may share the processors between sessions first; the priority of a process counts within its own only.
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_LOW));
  } catch {
    // It has ended already, or the kernel has no such groups.
  }
}

/** What {@link run} returns. */
export interface Finished extends Ended {
  /** Everything the process wrote, both streams in the order in which the lines came. */
  readonly output: string;
}

/** Runs a process to its end. A failure of the program is its `code`, not an exception. */
export async function run(command: string, args: readonly string[], options: StartOptions = {}): Promise<Finished> {
  const lines: string[] = [];
  const running = await start(command, args, {
    ...options,
    onLine: (line, stream) => {
      lines.push(line);
      options.onLine?.(line, stream);
    },
  });
  const { code } = await running.ended;
  return { code, output: lines.join('\n') };
}
