/** What is fuzzed: something that reads bytes of strangers, and what must hold whatever they are. */
import assert from 'node:assert/strict';

/** How the JSON in an input is taken out to be changed, and put back. */
export interface JsonPart {
  /** @returns nothing where there is no JSON to be changed, as in an input that was cut before */
  readonly split: (
    bytes: Uint8Array,
  ) => { readonly value: unknown; readonly join: (value: unknown) => Uint8Array } | null;
}

export interface Target {
  /** Also the name of the folder with its samples, in test/fixtures/fuzz. */
  readonly name: string;
  /** The names of the errors by which it refuses what it cannot read. */
  readonly refusals: readonly string[];
  /** Reads an input, and fails with an `AssertionError` when the value is not what it should be. */
  readonly read: (bytes: Uint8Array) => unknown;
  /** Given for inputs with JSON in them, so that they are changed as JSON too. */
  readonly json?: JsonPart;
  /** The most characters that a refusal may have; 2,000 by default. */
  readonly longestMessage?: number;
  /** So many times fewer inputs are tried, where one takes much longer than those of other targets; 1 by default. */
  readonly slowness?: number;
}

/** How many inputs a target is given where `runs` are asked for. */
export function runsOf({ slowness = 1 }: Target, runs: number): number {
  return Math.ceil(runs / slowness);
}

/** How an input was taken. */
export type Outcome = 'read' | 'refused';

/** The most bytes that reading may allocate, beside this many for each byte of the input. */
const allowedBytes = 64 * 1024 ** 2;
const allowedPerByte = 64;
const usualMessage = 2_000;

/**
 * Has a target read an input, and checks what holds for every target: what cannot be read is refused by name and in a
 * message of bounded length, the input stays as it is, and memory is used in proportion to it.
 *
 * @throws {AssertionError} when something of it does not hold
 */
export async function check(target: Target, bytes: Uint8Array): Promise<Outcome> {
  const { name, refusals, read, longestMessage = usualMessage } = target;
  const input = new Uint8Array(bytes);
  const before = process.memoryUsage().arrayBuffers;
  let outcome: Outcome = 'read';
  try {
    await read(input);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    if (!(error instanceof Error) || !refusals.includes(error.name)) {
      const shown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new assert.AssertionError({
        message: `${name} refuses by ${refusals.join(', ')}, and not by ${shown.slice(0, usualMessage)}\n${stackOf(error)}`,
      });
    }
    assert.ok(error.message.length <= longestMessage, `${name}: a message of ${error.message.length} characters`);
    outcome = 'refused';
  }
  const allocated = process.memoryUsage().arrayBuffers - before;
  assert.ok(
    allocated <= allowedBytes + allowedPerByte * input.length,
    `${name}: ${allocated} bytes were allocated for an input of ${input.length}`,
  );
  assert.deepEqual(input, new Uint8Array(bytes), `${name}: the input was changed`);
  return outcome;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : '';
}
