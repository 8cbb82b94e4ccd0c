/** A process of the market that is killed, frozen and started again, and is the same one afterwards. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';

import { holdDuringShutdown, onShutdown } from '../lib/shutdown.ts';
import type { Ended } from '../lib/process.ts';

/** A process of any kind, as `startNode`, `startDx` and `startWingman` give it. */
interface Process {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  stop(): Promise<unknown>;
  kill(): Promise<unknown>;
}

export interface ActorOptions<P extends Process> {
  readonly name: string;
  /** Starts the process where it was; its log goes to `onLog`. */
  readonly start: (onLog: (line: string) => void) => Promise<P>;
  /** The folder for its log, which is kept over restarts. */
  readonly logs: string;
  /** Whether it is left running, so that its memory can be compared over the whole time. */
  readonly isSpared: boolean;
  /** Called when it ends and nobody has told it to. */
  readonly onLost: (what: string) => void;
}

export class Actor<P extends Process = Process> {
  readonly name: string;
  readonly isSpared: boolean;
  readonly #options: ActorOptions<P>;
  readonly #log: WriteStream;
  readonly #unregister: () => void;
  #process: P | undefined;
  #isExpected = false;
  #isBusy = false;

  private constructor(options: ActorOptions<P>) {
    this.name = options.name;
    this.isSpared = options.isSpared;
    this.#options = options;
    this.#log = createWriteStream(join(options.logs, `${options.name.replaceAll(' ', '-')}.log`));
    // A frozen process does not hear that it is to end.
    this.#unregister = onShutdown(() => this.#send('SIGCONT'));
  }

  static async start<P extends Process>(options: ActorOptions<P>): Promise<Actor<P>> {
    const actor = new Actor(options);
    await actor.#start();
    return actor;
  }

  /** The process that runs now; `undefined` while there is none. */
  get process(): P | undefined {
    return this.#process;
  }

  /** Whether something is being done to it. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Ends it as a power cut would or, by `SIGTERM`, in order, and starts it again after a while. */
  async restart(how: 'SIGKILL' | 'SIGTERM', pause: () => Promise<unknown>): Promise<void> {
    await this.#alone(async () => {
      await this.#end(how);
      await pause();
      await this.#start();
    });
  }

  /** Freezes it for a while. */
  async freeze(pause: () => Promise<unknown>): Promise<void> {
    await this.#alone(async () => {
      this.#send('SIGSTOP');
      try {
        await pause();
      } finally {
        this.#send('SIGCONT');
      }
    });
  }

  /** Ends it in order, for good. */
  async stop(): Promise<void> {
    this.#isExpected = true;
    this.#send('SIGCONT');
    await this.#process?.stop();
    this.#process = undefined;
    this.#unregister();
    this.#log.end();
  }

  async #start(): Promise<void> {
    this.#isExpected = false;
    const process = await this.#options.start((line) => this.#log.write(`${line}\n`));
    this.#process = process;
    void process.ended.then(async ({ code }) => {
      // What was ended with the soak test has not ended by itself.
      await holdDuringShutdown();
      if (this.#process !== process) return;
      this.#process = undefined;
      if (!this.#isExpected) this.#options.onLost(`${this.name} ended by itself with status ${code}`);
    });
  }

  async #end(how: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const process = this.#process;
    this.#isExpected = true;
    if (how === 'SIGKILL') await process?.kill();
    else {
      this.#send('SIGTERM');
      const { code } = (await process?.ended) ?? { code: 0 };
      if (code !== 0) this.#options.onLost(`${this.name} was told to end, and did with status ${code}`);
    }
    this.#log.write(`--- ended by ${how} ---\n`);
    this.#process = undefined;
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    this.#isBusy = true;
    try {
      await work();
    } finally {
      this.#isBusy = false;
    }
  }

  #send(signal: NodeJS.Signals): void {
    if (this.#process === undefined) return;
    try {
      // Its children as well: all of them are in a group of its own.
      process.kill(-this.#process.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
