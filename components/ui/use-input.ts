'use client';
/** What was typed, and what it means: the state of a field, kept apart so that no error loses a character. */
import { useState } from 'react';

import {
  parseAiro,
  parseNumber,
  parseText,
  type AmountRules,
  type NumberRules,
  type Parse,
  type TextRules,
} from './parse.ts';

/** The state of a field. Make it with one of the hooks below and give it to `Field` and to the control in it. */
export interface Input<T> {
  /** What was typed, whether right or wrong. */
  readonly text: string;
  /** What it means; `undefined` while it is wrong. */
  readonly value: T | undefined;
  /** What is wrong with it. */
  readonly error: string | undefined;
  /** The same, once it is time to say so: after leaving the field, after pasting, after trying to submit. */
  readonly shownError: string | undefined;
  readonly setText: (text: string) => void;
  /** From now on an error is shown. */
  readonly touch: () => void;
  /** Starts anew with this text, or with the first one. */
  readonly reset: (text?: string) => void;
}

/**
 * The state of a field whose text is read by `parse`.
 *
 * @param problem what is wrong in the light of the rest of the form, such as a price above the balance
 */
export function useInput<T>(initial: string, parse: Parse<T>, problem?: (value: T) => string | undefined): Input<T> {
  const [text, setText] = useState(initial);
  const [touched, setTouched] = useState(false);
  const { value, error } = read(text, parse, problem);
  return {
    text,
    value,
    error,
    shownError: touched ? error : undefined,
    setText,
    touch: () => setTouched(true),
    reset: (next = initial) => {
      setText(next);
      setTouched(false);
    },
  };
}

/** A field for a text. */
export function useTextInput(
  initial = '',
  rules: TextRules = {},
  problem?: (value: string) => string | undefined,
): Input<string> {
  return useInput(initial, parseText(rules), problem);
}

/** A field for a number. */
export function useNumberInput(
  initial: number | undefined,
  rules: NumberRules,
  problem?: (value: number) => string | undefined,
): Input<number> {
  return useInput(initial === undefined ? '' : String(initial), parseNumber(rules), problem);
}

/** A field for an amount of AIRO; `initial` is text, as it would be typed. */
export function useAmountInput(
  initial = '',
  rules: AmountRules = {},
  problem?: (value: bigint) => string | undefined,
): Input<bigint> {
  return useInput(initial, parseAiro(rules), problem);
}

/** For submitting: shows what is wrong in any of the fields, and tells whether nothing is. */
export function allRight(inputs: readonly Input<unknown>[]): boolean {
  for (const input of inputs) input.touch();
  return inputs.every(({ error }) => error === undefined);
}

function read<T>(
  text: string,
  parse: Parse<T>,
  problem?: (value: T) => string | undefined,
): { value?: T; error?: string } {
  try {
    const value = parse(text);
    const error = problem?.(value);
    return error === undefined ? { value } : { error };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
