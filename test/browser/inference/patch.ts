/** Replaces a method of the browser by one that is given the original. */
export function patch<T extends object, K extends keyof T>(target: T, method: K, make: (original: T[K]) => T[K]): void {
  target[method] = make(target[method]);
}
