'use client';
/** Something that is asked anew whenever what it depends on changes: the last answer counts. */
import { useEffect, useEffectEvent, useState } from 'react';

import { problemOf } from '../../lib/cockpit/problem.ts';
import type { Problem } from '../../lib/cockpit/types.ts';

export interface Latest<T> {
  /** The last answer; it stays while the next one is on its way. */
  readonly value: T | undefined;
  readonly problem: Problem | null;
  readonly isAsking: boolean;
  readonly askAgain: () => void;
}

/** Who types is not asked about every letter. */
const pauseMs = 350;

interface State<T> {
  /** For what it was asked. */
  readonly key?: string;
  readonly value?: T;
  readonly problem?: Problem;
}

/**
 * Asks as soon as the key stays the same for a moment. An answer that came too late is dropped, and its question aborted.
 *
 * @param key what the answer depends on; `null` asks nothing
 */
export function useLatest<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>): Latest<T> {
  const [times, setTimes] = useState(0);
  const [state, setState] = useState<State<T>>({});
  const current = key === null ? undefined : `${times} ${key}`;
  const start = useEffectEvent(ask);
  useEffect(() => {
    if (current === undefined) return undefined;
    const abort = new AbortController();
    const run = async () => {
      try {
        const value = await start(abort.signal);
        if (!abort.signal.aborted) setState({ key: current, value });
      } catch (error) {
        if (!abort.signal.aborted)
          setState(({ value }) => ({ ...keep(value), key: current, problem: problemOf(error) }));
      }
    };
    const timer = setTimeout(() => void run(), pauseMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [current]);
  return {
    value: state.value,
    problem: state.key === current ? (state.problem ?? null) : null,
    isAsking: current !== undefined && state.key !== current,
    askAgain: () => setTimes((count) => count + 1),
  };
}

function keep<T>(value: T | undefined): { readonly value?: T } {
  return value === undefined ? {} : { value };
}
