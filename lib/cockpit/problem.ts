/** Errors as views show them. */
import type { Problem } from './types.ts';

/** An error with its stable name, what it says, and the chain's own name where the chain refused a call. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), chainError: null };
  const chainError = 'error' in error && typeof error.error === 'string' ? error.error : null;
  // A refused call says its chain error first, which is shown on its own.
  const message = chainError === null ? error.message : withoutPrefix(error.message, `${chainError}: `);
  return { name: error.name, message, chainError };
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

/** Whether two problems are shown alike. */
export function sameProblem(a: Problem | null, b: Problem | null): boolean {
  return a?.name === b?.name && a?.message === b?.message && a?.chainError === b?.chainError;
}
