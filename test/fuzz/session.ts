/** Fuzzing in a process that is watched: what hangs, takes all memory or crashes is found like what breaks. */
import { fork, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { corpusFolder } from './corpus.ts';
import { reportPipe, reportsIn, type Order, type Report, type Result } from './orders.ts';

export interface SessionOptions {
  /** How long a single input may take, in milliseconds; 60,000 by default, far above what any needs. */
  readonly hangMs?: number;
  /** The most memory for JavaScript's values, in MiB; 1,024 by default. */
  readonly heapMiB?: number;
  readonly corpus?: string;
  /** The process's program; by default `reader.ts`. */
  readonly program?: URL;
}

/** So much of what a process says on its standard error is told, in characters. */
const longestComplaint = 4_000;

/** Loads the targets once, and again after one has ended the process. */
export class Session implements AsyncDisposable {
  readonly #options: Required<SessionOptions>;
  #reader: Reader | undefined;

  constructor(options: SessionOptions = {}) {
    const { hangMs = 60_000, heapMiB = 1024, corpus = corpusFolder } = options;
    this.#options = { hangMs, heapMiB, corpus, program: options.program ?? new URL('reader.ts', import.meta.url) };
  }

  /**
   * Has a target read its samples, and then changes of them.
   *
   * @param runs how many changed inputs
   * @throws when the process itself fails, as for a target that is not there
   */
  async run(target: string, { seed, runs }: { readonly seed: number; readonly runs: number }): Promise<Result> {
    const { hangMs, heapMiB, corpus, program } = this.#options;
    const reader = (this.#reader ??= await Reader.start(program, heapMiB));
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    let last: Uint8Array = new Uint8Array();
    const broken = (problem: string) => {
      const finding = { target, bytes: last, problem: `${target}: ${problem}` };
      resolve({ finding, unreadSamples: [], read: 0, refused: 0 });
    };
    const watch = setTimeout(() => broken(`an input has been read for ${hangMs / 1000} s, and still is`), hangMs);
    reader.onReport = (report) => {
      watch.refresh();
      if (report.kind === 'next') last = report.bytes;
      else if (report.kind === 'done') resolve(report);
      else if (report.kind === 'failed') reject(new Error(report.problem));
    };
    void reader.ended.then(broken);
    try {
      reader.order({ target, seed, runs, corpus });
      const result = await promise;
      // What it began may still run; nothing after it should be blamed for that.
      if (result.finding !== null) await this.#stop();
      return result;
    } catch (error) {
      await this.#stop();
      throw error;
    } finally {
      clearTimeout(watch);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }

  async #stop(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.kill();
  }
}

class Reader {
  readonly #child: ChildProcess;
  /** Resolves with how it ended, and with what it complained of. */
  readonly ended: Promise<string>;
  onReport: (report: Report) => void = () => undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-longestComplaint);
    });
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`the process could not be used: ${error.message}`));
      child.once('close', (code, signal) => resolve(`the process ended with ${signal ?? code}\n${complaint}`));
    });
    (child.stdio[reportPipe] as Readable).on(
      'data',
      reportsIn((report) => this.onReport(report)),
    );
  }

  /** Starts one that is ready for orders. */
  static async start(program: URL, heapMiB: number): Promise<Reader> {
    const child = fork(fileURLToPath(program), {
      execArgv: [`--max-old-space-size=${heapMiB}`],
      // A test of this project may itself be run by a test runner, whose children would report to it.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc', 'pipe'],
    });
    const reader = new Reader(child);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    reader.onReport = () => resolve(undefined);
    void reader.ended.then((how) => reject(new Error(how)));
    await promise;
    return reader;
  }

  order(order: Order): void {
    this.#child.send(order);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
