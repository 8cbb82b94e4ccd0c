/** What the process that reads is told, and what it tells. */
import { writeSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';

/** Try so many inputs. */
export interface Order {
  readonly target: string;
  readonly seed: number;
  readonly runs: number;
  /** The folder with the samples. */
  readonly corpus: string;
}

export interface Finding {
  readonly target: string;
  /** The smallest input found. */
  readonly bytes: Uint8Array;
  readonly problem: string;
}

export interface Result {
  readonly finding: Finding | null;
  /** Samples that are refused, although they are no findings. */
  readonly unreadSamples: readonly string[];
  /** How many changed inputs were read, and how many refused. */
  readonly read: number;
  readonly refused: number;
}

export type Report =
  | { readonly kind: 'ready' }
  /** Before each input, so that it is known should the process not survive it. */
  | { readonly kind: 'next'; readonly bytes: Uint8Array }
  | ({ readonly kind: 'done' } & Result)
  | { readonly kind: 'failed'; readonly problem: string };

/** The descriptor of the pipe for reports. Node's own channel would keep them until the process has time. */
export const reportPipe = 4;

const lengthBytes = 4;

/** Tells the other side, and returns when it is in the pipe. */
export function tell(report: Report): void {
  const content = serialize(report);
  const message = Buffer.alloc(lengthBytes + content.length);
  message.writeUInt32LE(content.length);
  content.copy(message, lengthBytes);
  for (let at = 0; at < message.length;) at += writeSync(reportPipe, message, at);
}

/** Puts what comes through the pipe together, and calls `take` with each report. */
export function reportsIn(take: (report: Report) => void): (chunk: Buffer) => void {
  let waiting = Buffer.alloc(0);
  return (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= lengthBytes) {
      const end = lengthBytes + waiting.readUInt32LE();
      if (waiting.length < end) return;
      take(deserialize(waiting.subarray(lengthBytes, end)) as Report);
      waiting = waiting.subarray(end);
    }
  };
}
