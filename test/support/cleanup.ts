import type { TestContext } from 'node:test';

const cleanups = new WeakMap<TestContext, (() => unknown)[]>();

/**
 * Registers what must be undone when a test is over. What was done last is undone first, so a client leaves before its
 * node does; `t.after` itself would do it the other way around.
 */
export function afterwards(t: TestContext, undo: () => unknown): void {
  const registered = cleanups.get(t);
  if (registered !== undefined) {
    registered.push(undo);
    return;
  }
  const own = [undo];
  cleanups.set(t, own);
  t.after(async () => {
    const errors: unknown[] = [];
    for (const next of own.reverse()) {
      try {
        await next();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'Cleaning up failed.');
  });
}
