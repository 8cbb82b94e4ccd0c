/** Tests that tell a story: each goes on where the one before it has come to. */
import type { TestContext } from 'node:test';

/** Tells a step of the story, as a test of its own. */
export type Step = (name: string, tell: (t: TestContext) => Promise<void> | void) => Promise<void>;

const broken = new WeakMap<TestContext, string>();

/** Begins a story. After a step that fails the others fail at once, instead of waiting for what cannot come. */
export function storyOf(t: TestContext): Step {
  return (name, tell) =>
    t.test(name, async (nested) => {
      const failed = broken.get(t);
      if (failed !== undefined) throw new Error(`It cannot be told, because a step before it failed: ${failed}`);
      broken.set(t, name);
      await tell(nested);
      broken.delete(t);
    });
}

/** Whether a test has failed so far, by itself or by a step of its story. It is asked when the test is cleaned up. */
export function hasFailed(t: TestContext): boolean {
  return !t.passed || broken.has(t);
}
