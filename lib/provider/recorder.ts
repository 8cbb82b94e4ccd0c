/** Writes down how far executions are, in order, without making the work wait where that is not needed. */
import { toError } from './clock.ts';
import { aboutOf, executionOf, type Item } from './item.ts';
import type { Clock, ExecutionStage, Journal } from './ports.ts';
import type { Tasks } from './tasks.ts';
import type { EngineEvent } from './types.ts';

export class Recorder {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #tasks: Tasks;
  readonly #emit: (event: EngineEvent) => void;
  /** The write of each item that goes on, and the one that waits for that to end. */
  readonly #running = new Map<Item, Promise<void>>();
  readonly #queued = new Map<Item, Promise<void>>();

  constructor(journal: Journal, clock: Clock, tasks: Tasks, emit: (event: EngineEvent) => void) {
    this.#journal = journal;
    this.#clock = clock;
    this.#tasks = tasks;
    this.#emit = emit;
  }

  /** Notes that a stage is reached; it is written down soon. */
  reach(item: Item, stage: ExecutionStage): void {
    item.stage = stage;
    this.mark(item, stage);
  }

  /** Notes when a stage was reached that does not become the item's own: a failure that was answered stays one. */
  mark(item: Item, stage: ExecutionStage): void {
    item.times[stage] = this.#clock.now();
    this.#emit({ event: 'execution', order: item.agreement.order, execution: executionOf(item) });
    this.#tasks.run('writing the journal', () => this.written(item), aboutOf(item));
  }

  /** Returns when everything about the item that is known now is on disk. @throws what the journal throws */
  written(item: Item): Promise<void> {
    const queued = this.#queued.get(item);
    // It has not begun, so it writes what is known when it does.
    if (queued !== undefined) return queued;
    const write = this.#write(item, this.#running.get(item));
    this.#queued.set(item, write);
    return write;
  }

  async #write(item: Item, before: Promise<void> | undefined): Promise<void> {
    // Whoever asked for the write before has been told of its error; this one tries itself.
    await before?.catch(toError);
    this.#queued.delete(item);
    const write = this.#journal.saveExecution(executionOf(item));
    this.#running.set(item, write);
    try {
      await write;
    } finally {
      if (this.#running.get(item) === write) this.#running.delete(item);
    }
  }
}
