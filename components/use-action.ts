'use client';
/** Something that is started by a press and takes a while: whether it runs, and why it did not work. */
import { useState } from 'react';

import { problemOf } from '../lib/cockpit/problem.ts';
import type { Problem } from '../lib/cockpit/types.ts';

export interface Action<Args extends readonly unknown[]> {
  /** Starts it, unless it runs already. It never throws: see `problem`. */
  readonly run: (...args: Args) => void;
  readonly isBusy: boolean;
  readonly problem: Problem | null;
  readonly clear: () => void;
}

export function useAction<Args extends readonly unknown[]>(action: (...args: Args) => Promise<void>): Action<Args> {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const start = async (...args: Args) => {
    setBusy(true);
    setProblem(null);
    try {
      await action(...args);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return {
    run: (...args) => {
      if (!isBusy) void start(...args);
    },
    isBusy,
    problem,
    clear: () => setProblem(null),
  };
}
