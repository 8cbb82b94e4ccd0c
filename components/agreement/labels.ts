/** What inferences are called. */

/**
 * Makes labels differ from one another and from those in use: `Drawing`, `Drawing 2`, `Drawing 3`. The same input in
 * several agreements has the same label, by which the results are compared.
 */
export function distinctLabels(wanted: readonly string[], used: Iterable<string>): readonly string[] {
  const taken = new Set(used);
  return wanted.map((label) => {
    let own = label;
    for (let number = 2; taken.has(own); number++) own = `${label} ${number}`;
    taken.add(own);
    return own;
  });
}
