/** The log of a program that stays up: pino, as JSON for machines or as lines for people. */
import { Writable } from 'node:stream';

import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** `auto` writes for people where the log goes to a terminal. */
export const logFormats = ['auto', 'text', 'json'] as const;

export interface LogOptions {
  /** What is worth a line. */
  readonly level: (typeof logLevels)[number];
  readonly format: (typeof logFormats)[number];
}

/** Keys that never reach the log, wherever in an entry they stand at the first or second level. */
const redacted = ['authorization', 'secret', 'token', 'headers.authorization', 'req.headers.authorization'];

const names: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/** Makes the log; it goes to standard output unless `output` says otherwise. */
export function createLog({ level, format }: LogOptions, output: NodeJS.WritableStream = process.stdout): Logger {
  const forPeople = format === 'text' || (format === 'auto' && 'isTTY' in output && output.isTTY === true);
  const options = { level, base: null, redact: { paths: redacted, censor: '[secret]' } };
  return pino(options, forPeople ? linesTo(output) : output);
}

/** Turns pino's JSON into one line each: time, level, message, and what else there is as `key=value`. */
function linesTo(output: NodeJS.WritableStream): Writable {
  return new Writable({
    decodeStrings: false,
    write: (chunk: string, _, done) => {
      output.write(`${formatLine(chunk)}\n`);
      done();
    },
  });
}

/** One entry of the log for people. */
function formatLine(json: string): string {
  const { time, level, msg, err, ...rest } = JSON.parse(json) as {
    time: number;
    level: number;
    msg?: string;
    err?: { readonly type?: string; readonly message?: string };
  };
  const details = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const error = err?.message === undefined ? [] : [`${err.type ?? 'Error'}: ${err.message}`];
  const clock = new Date(time).toTimeString().slice(0, 8);
  return [clock, (names[level] ?? String(level)).padEnd(5), msg ?? '', ...error, ...details]
    .filter((part) => part !== '')
    .join(' ');
}
