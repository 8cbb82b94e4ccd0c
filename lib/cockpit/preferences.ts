/** Small choices that are kept for the next visit. Where the browser keeps nothing, they last as long as the page. */

const unkept = new Map<string, string>();

/** What was kept under this name; `null` if nothing was. */
export function preference(name: string): string | null {
  try {
    return localStorage.getItem(`airo.${name}`) ?? unkept.get(name) ?? null;
  } catch {
    return unkept.get(name) ?? null;
  }
}

/** Keeps a choice; `null` forgets it. */
export function keepPreference(name: string, value: string | null): void {
  if (value === null) unkept.delete(name);
  else unkept.set(name, value);
  try {
    if (value === null) localStorage.removeItem(`airo.${name}`);
    else localStorage.setItem(`airo.${name}`, value);
  } catch {
    // Private windows of some browsers refuse; it lasts as long as the page then.
  }
}
