/**
 * Leaving nothing behind: what a script has started is stopped however the script ends, also by a signal.
 */
import { constants } from 'node:os';

type Cleanup = () => Promise<void> | void;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const cleanups = new Set<Cleanup>();
const lastResorts = new Set<() => void>();
let exitCode: number | undefined;
let stopping: Promise<void> | undefined;
let watching = false;

/**
 * Registers what stops something that was started. It runs when a signal ends this process; `lastResort` also runs, in
 * the end, when the process exits in any other way, where nothing asynchronous is possible any more.
 *
 * @returns a function that takes the registration back, for when the thing has been stopped
 */
export function onShutdown(cleanup: Cleanup, lastResort?: () => void): () => void {
  watch();
  cleanups.add(cleanup);
  if (lastResort) lastResorts.add(lastResort);
  return () => {
    cleanups.delete(cleanup);
    if (lastResort) lastResorts.delete(lastResort);
  };
}

/** For a program that runs until it is told to stop: a signal is then its proper end, with this exit status. */
export function endBySignalWith(code: number): void {
  watch();
  exitCode = code;
}

/**
 * Never returns once a signal has come, and at once otherwise. For places where a script would mistake what the signal
 * has ended for a result, or would start something new; the process ends when everything is stopped.
 */
export async function holdDuringShutdown(): Promise<void> {
  if (stopping !== undefined) await new Promise<never>(() => undefined);
}

/** Stops everything that is registered, the last started first. */
export async function shutDown(): Promise<void> {
  for (const cleanup of [...cleanups].reverse()) {
    try {
      await cleanup();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      exitCode = 1;
    }
  }
}

function watch(): void {
  if (watching) return;
  watching = true;
  // A terminal and npm may both deliver a signal: the second one must not cut the first one's work short.
  const end = (signal: (typeof signals)[number]) => {
    stopping ??= shutDown().then(() => process.exit(exitCode ?? 128 + constants.signals[signal]));
  };
  for (const signal of signals) process.on(signal, end);
  // npm passes signals on, except for the one that it cannot notice. Without it nobody is there to stop this process.
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) end('SIGHUP');
    }, 1000).unref();
  }
  process.on('exit', () => {
    for (const lastResort of [...lastResorts].reverse()) lastResort();
  });
}
