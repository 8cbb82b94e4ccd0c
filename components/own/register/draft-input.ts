/** A field whose text is kept in the draft. */
import type { Parse } from '../../ui/parse.ts';
import type { Input } from '../../ui/use-input.ts';

/** Which fields were left or submitted, so that their errors are shown. */
export interface Touched {
  readonly names: ReadonlySet<string>;
  readonly touch: (name: string) => void;
}

/**
 * The state of a field.
 *
 * @param name tells it from the others of the form
 */
export function draftInput<T>(
  name: string,
  text: string,
  setText: (text: string) => void,
  parse: Parse<T>,
  { names, touch }: Touched,
): Input<T> {
  const { value, error } = read(text, parse);
  return {
    text,
    value,
    error,
    shownError: names.has(name) ? error : undefined,
    setText,
    touch: () => touch(name),
    reset: (next = '') => setText(next),
  };
}

function read<T>(text: string, parse: Parse<T>): { readonly value: T | undefined; readonly error: string | undefined } {
  try {
    return { value: parse(text), error: undefined };
  } catch (error) {
    return { value: undefined, error: error instanceof Error ? error.message : String(error) };
  }
}
