'use client';
/** Something that is signed: whether it goes on, and why it did not work. */
import { useState } from 'react';

export interface Action {
  readonly isBusy: boolean;
  /** What was thrown last; `null` if nothing was. */
  readonly problem: unknown;
  /** Runs it; resolves to whether it worked. It never throws. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** The state of an action with a button. */
export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, problem, run };
}
