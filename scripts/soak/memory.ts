/** The memory of processes over time (Linux). */
import { readFile } from 'node:fs/promises';

import type { Actor } from './actor.ts';

/** One process from its start to its end. */
interface Series {
  readonly name: string;
  readonly pid: number;
  readonly samples: { readonly atMs: number; readonly bytes: number }[];
}

/** What a process used, in bytes of resident memory. */
export interface MemoryUse {
  readonly name: string;
  /** How long the longest of its processes lived, in milliseconds. */
  readonly livedMs: number;
  /**
   * Of that one: the least in the second and in the last quarter of its life. What a process needs lies below; how much
   * more the collector keeps for itself goes up and down by hundreds of megabytes.
   */
  readonly early: number;
  readonly late: number;
  /** Over all of its processes. */
  readonly most: number;
  /** Whether it grew by more than can be put down to chance. */
  readonly grew: boolean;
}

/** A process that lived for less has not come to rest. */
const restMs = 240_000;
/** By so much it may grow from its second quarter to its last, in bytes and as a factor: both have to be exceeded. */
const slack = { bytes: 64 * 1024 * 1024, factor: 1.3 };

export class MemoryWatch {
  readonly #series: Series[] = [];
  readonly #actors: readonly Actor[];
  readonly #own: string;

  /** @param own what this process itself is called */
  constructor(actors: readonly Actor[], own: string) {
    this.#actors = actors;
    this.#own = own;
  }

  /** Takes a sample of each process that runs. */
  async sample(): Promise<void> {
    const running = this.#actors.flatMap(({ name, process: its }) =>
      its === undefined ? [] : [{ name, pid: its.pid }],
    );
    for (const { name, pid } of [...running, { name: this.#own, pid: process.pid }]) {
      const bytes = await residentBytes(pid);
      if (bytes === undefined) continue;
      let series = this.#series.find((one) => one.name === name && one.pid === pid);
      if (series === undefined) this.#series.push((series = { name, pid, samples: [] }));
      series.samples.push({ atMs: performance.now(), bytes });
    }
  }

  uses(): readonly MemoryUse[] {
    const names = [...new Set(this.#series.map(({ name }) => name))];
    return names.map((name) =>
      useOf(
        name,
        this.#series.filter((one) => one.name === name),
      ),
    );
  }
}

function useOf(name: string, all: readonly Series[]): MemoryUse {
  const lives = all.map(({ samples }) => ({
    samples,
    livedMs: (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0),
  }));
  const longest = lives.reduce((best, life) => (life.livedMs > best.livedMs ? life : best));
  const quarter = (number: number) => {
    const { length } = longest.samples;
    const samples = longest.samples.slice(Math.floor((length * number) / 4), Math.ceil((length * (number + 1)) / 4));
    return Math.min(...samples.map(({ bytes }) => bytes));
  };
  const [early, late] = [quarter(1), quarter(3)];
  const most = Math.max(...all.flatMap(({ samples }) => samples.map(({ bytes }) => bytes)));
  const grew = longest.livedMs >= restMs && late > early * slack.factor && late > early + slack.bytes;
  return { name, livedMs: longest.livedMs, early, late, most, grew };
}

/** The resident memory of a process; `undefined` when it is gone, or the system does not tell. */
async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
