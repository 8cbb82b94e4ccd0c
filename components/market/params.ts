/** Numbers of models, orders and agreements in a view's address. */

/** Reads such a number; `undefined` when it is missing or none. */
export function idParam(text: string | null): number | undefined {
  if (text === null || !/^\d{1,10}$/.test(text)) return undefined;
  return Number(text);
}
