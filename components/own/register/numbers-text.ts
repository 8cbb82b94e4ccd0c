/** A few numbers in one field: the means and deviations of an image's channels. */

/** Writes them. */
export function numbersText(numbers: readonly number[]): string {
  return numbers.join(', ');
}

/**
 * Reads as many numbers as there are channels.
 *
 * @param rules how many, and whether each must be above zero
 * @throws with what is wrong
 */
export function parseNumbers(
  text: string,
  rules: { readonly count: number; readonly positive?: boolean },
): readonly number[] {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const wanted = rules.count === 1 ? 'one number, such as 0.5' : `${rules.count} numbers, such as 0.485, 0.456, 0.406`;
  if (parts.length !== rules.count) throw new Error(`Write ${wanted}; there are ${parts.length}.`);
  return parts.map((part) => {
    const value = Number(part);
    if (!/^-?\d*\.?\d+$/.test(part) || !Number.isFinite(value))
      throw new Error(`“${part}” is not a number. Write ${wanted}.`);
    if (rules.positive === true && value < 1e-6)
      throw new Error('It is what the values are divided by: more than zero.');
    return value;
  });
}

/** The same value as often as there are channels now; values that differ are left for a person to mend. */
export function repeatTo(text: string, count: number): string {
  const parts = new Set(text.split(/[\s,;]+/).filter((part) => part !== ''));
  const [only] = parts;
  return parts.size === 1 && only !== undefined ? Array.from({ length: count }, () => only).join(', ') : text;
}
