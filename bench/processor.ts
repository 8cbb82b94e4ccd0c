/** The processor time that processes use (Linux). */
import { readFile } from 'node:fs/promises';

/** What is said of a process: all its threads, or the one that it began with. */
export type Whose = 'process' | 'first thread';

/** The processor time that a process has used so far, in seconds; the system counts in hundredths of a second. */
export async function processorSeconds(pid: number, whose: Whose = 'process'): Promise<number> {
  const file = whose === 'process' ? `/proc/${pid}/stat` : `/proc/${pid}/task/${pid}/stat`;
  // The name in parentheses can have spaces in it.
  const fields = (await readFile(file, 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
