/**
 * External strategies in Node: a program that gets the question as JSON on its standard input and writes the answer to its
 * standard output, or a web service to which the question is posted. The answer is `{"price":"123"}` in the chain's
 * smallest unit, or `{"price":null,"reason":"why not"}`.
 */
import { spawn } from 'node:child_process';

import { reasonOf, toError } from './clock.ts';
import { HookFailed, InvalidHookAnswer } from './errors.ts';
import type { HookAnswer, PriceHook } from './types.ts';

/** No answer is longer than this, in bytes. */
const LONGEST_ANSWER = 64 * 1024;
/** So much of what a program says on its standard error is told, in characters. */
const LONGEST_COMPLAINT = 500;
/** A program gets these variables of the environment and no others: there may be secrets among them. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SystemRoot', 'TEMP'];

/**
 * Asks a program or a web service for a price.
 *
 * @throws {HookFailed} when it cannot be asked, or fails
 * @throws {InvalidHookAnswer} when it answers anything else than a price
 */
export const priceHook: PriceHook = async (hook, question, signal) => {
  const text = JSON.stringify(question);
  const answer = 'url' in hook ? await post(hook.url, text, signal) : await run(hook.command, text, signal);
  return parseHookAnswer(answer);
};

/** Reads an answer, strictly. @throws {InvalidHookAnswer} */
export function parseHookAnswer(text: string): HookAnswer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw invalid(text, 'it is not JSON');
  }
  if (typeof answer !== 'object' || answer === null || !('price' in answer)) throw invalid(text, 'it has no "price"');
  const { price, ...rest } = answer;
  const { reason = null, ...unknown } = rest as { reason?: unknown };
  const [key] = Object.keys(unknown);
  if (key !== undefined) throw invalid(text, `"${key.slice(0, LONGEST_COMPLAINT)}" is not known`);
  if (reason !== null && typeof reason !== 'string') throw invalid(text, '"reason" is not a text');
  if (price === null) return { price: null, reason };
  if (typeof price !== 'string' || !/^[1-9]\d{0,38}$/.test(price)) {
    throw invalid(text, '"price" is neither null nor a text with a whole number above zero');
  }
  return { price: BigInt(price), reason };
}

function invalid(text: string, problem: string): InvalidHookAnswer {
  const shown = text.length > LONGEST_COMPLAINT ? `${text.slice(0, LONGEST_COMPLAINT)}…` : text;
  return new InvalidHookAnswer(
    `The external strategy answered ${JSON.stringify(shown)}, but ${problem}. Answer {"price":"123"} or {"price":null}.`,
  );
}

async function post(url: string, body: string, signal: AbortSignal): Promise<string> {
  try {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    if (!response.ok) throw new HookFailed(`${url} answered with status ${response.status}.`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) addTo(chunks, chunk);
    return textOf(chunks);
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof InvalidHookAnswer || thrown instanceof HookFailed) throw thrown;
    const error = toError(thrown);
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    throw new HookFailed(`${url} could not be asked: ${cause}. Check the address and that it answers.`, {
      cause: error,
    });
  }
}

function run([program, ...args]: readonly string[], input: string, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  if (program === undefined || program === '') {
    return Promise.reject(new HookFailed('The external strategy names no program. Set its command.'));
  }
  if (signal.aborted) return Promise.reject(reasonOf(signal));
  const env = Object.fromEntries(passedOn.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])));
  const child = spawn(program, args, { env, stdio: 'pipe', windowsHide: true });
  const output: Uint8Array[] = [];
  let complaint = '';
  const fail = (error: Error) => {
    reject(error);
    child.kill('SIGKILL');
  };
  const stop = () => fail(reasonOf(signal));
  signal.addEventListener('abort', stop, { once: true });
  child.stdout.on('data', (chunk: Uint8Array) => {
    try {
      addTo(output, chunk);
    } catch (thrown) {
      fail(toError(thrown));
    }
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint = (complaint + chunk).slice(0, LONGEST_COMPLAINT);
  });
  // A program that does not read its input to the end closes it; its answer may be fine.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${input}\n`);
  child.on('error', (error) => {
    reject(
      new HookFailed(`${program} could not be run: ${error.message}. Check its path and rights.`, { cause: error }),
    );
  });
  child.on('close', (code, killed) => {
    signal.removeEventListener('abort', stop);
    if (code === 0) resolve(textOf(output));
    else reject(new HookFailed(`${program} ended with ${killed ?? `status ${code}`}: ${complaint.trim()}`));
  });
  return promise;
}

function addTo(chunks: Uint8Array[], chunk: Uint8Array): void {
  chunks.push(chunk);
  const length = chunks.reduce((sum, { length }) => sum + length, 0);
  if (length > LONGEST_ANSWER) throw new InvalidHookAnswer(`An answer has at most ${LONGEST_ANSWER} bytes.`);
}

function textOf(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
