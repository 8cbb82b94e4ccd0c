/** The processor time that processes use (Linux). */
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** What is said of a process: all its threads, or the one that it began with. */
export type Whose = 'process' | 'first thread';

/** The processor time that a process has used so far, in seconds; the system counts in hundredths of a second. */
export async function processorSeconds(pid: number, whose: Whose = 'process'): Promise<number> {
  const file = whose === 'process' ? `/proc/${pid}/stat` : `/proc/${pid}/task/${pid}/stat`;
  // The name in parentheses can have spaces in it.
  const fields = (await readFile(file, 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Whose time is counted under one name: of several processes, or of the first thread of each. */
export type Counted = readonly [who: string, pids: readonly number[], whose: Whose];

/** Who used how much for an image, in milliseconds, and how many of the processors were in use. */
export interface ProcessorUse {
  readonly ms: ReadonlyMap<string, number>;
  readonly busy: number;
}

/** Begins to count; what is returned ends it and divides it among so many images. */
export async function startCounting(counted: readonly Counted[]): Promise<(images: number) => Promise<ProcessorUse>> {
  const read = () => Promise.all(counted.map(([, pids, whose]) => secondsOfAll(pids, whose)));
  const before = await read();
  const began = performance.now();
  return async (images) => {
    const after = await read();
    const elapsed = (performance.now() - began) / 1000;
    const used = counted.map(([who, , whose], i) => ({ who, whose, seconds: (after[i] ?? 0) - (before[i] ?? 0) }));
    const all = used.filter(({ whose }) => whose === 'process').reduce((sum, { seconds }) => sum + seconds, 0);
    return {
      ms: new Map(used.map(({ who, seconds }) => [who, (seconds * 1000) / images])),
      busy: Math.min(all / elapsed, cpus().length),
    };
  };
}

/** What several processes have used so far, in seconds. */
export async function secondsOfAll(pids: readonly number[], whose: Whose = 'process'): Promise<number> {
  const seconds = await Promise.all(pids.map((pid) => processorSeconds(pid, whose)));
  return seconds.reduce((sum, each) => sum + each, 0);
}
