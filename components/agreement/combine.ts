/** Several observables as one. */
import type { Observable } from '../../lib/cockpit/types.ts';

/** The values of all, in their order: the same array until one of them changes. */
export function combine<T>(parts: readonly Observable<T>[]): Observable<readonly T[]> {
  let known: readonly T[] = [];
  let isRead = false;
  return {
    get() {
      const values = parts.map((part) => part.get());
      if (!isRead || values.some((value, index) => value !== known[index])) known = values;
      isRead = true;
      return known;
    },
    subscribe(listener) {
      const ends = parts.map((part) => part.subscribe(listener));
      return () => ends.forEach((end) => end());
    },
  };
}
