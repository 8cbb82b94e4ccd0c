/** A value that is read from the chain, in all its states: nothing known, cached, pending, final, failed. */
import type { ReactNode } from 'react';

import type { Loaded } from '../../lib/cockpit/types.ts';
import { truthOf, type Truth } from './badge.tsx';
import { ProblemNotice } from './notice.tsx';
import { SkeletonLines } from './placeholder.tsx';

interface ShownProps<T> {
  readonly of: Loaded<T>;
  /** What it is, for the message when it cannot be read: `The models`. */
  readonly what: string;
  /** Stands there until something is known. Default: grey lines. */
  readonly skeleton?: ReactNode;
  readonly children: (value: T, truth: Truth) => ReactNode;
}

/** Shows a value as soon as anything is known of it. When it cannot be read, the last that was known stays. */
export function Shown<T>({ of: loaded, what, skeleton, children }: ShownProps<T>) {
  const truth = truthOf(loaded);
  const value = 'value' in loaded ? { known: loaded.value } : undefined;
  return (
    <>
      {loaded.state === 'failed' && <ProblemNotice title={`${what} cannot be read now`} problem={loaded.error} />}
      {value?.known !== undefined && truth !== undefined && children(value.known, truth)}
      {loaded.state === 'loading' && (skeleton ?? <SkeletonLines label={`${what} ...`} />)}
    </>
  );
}
