'use client';
/** The draft of a registration, and the file itself. */
import { useCallback, useState } from 'react';

import { emptyDraft, isSameFile, markOf, readDraft, writeDraft, type Draft } from './draft.ts';

export interface DraftState {
  readonly draft: Draft;
  readonly patch: (fields: Partial<Draft>) => void;
  /** The file; `undefined` after a reload: the browser gives it back only to who picks it again. */
  readonly file: File | undefined;
  readonly setFile: (file: File) => void;
  /** After it was registered. */
  readonly clear: () => void;
}

/** Files outlive the view, not the tab. */
const files = new Map<string, File>();

/** The draft kept under this name. Call it in the browser only: what was kept is read at the first rendering. */
export function useDraft(key: string): DraftState {
  const [draft, setDraft] = useState<Draft>(() => readDraft(recall(key)) ?? emptyDraft);
  const [file, setOwnFile] = useState(() => files.get(key));
  const patch = useCallback(
    (fields: Partial<Draft>) =>
      setDraft((before) => {
        const next = { ...before, ...fields };
        keep(key, writeDraft(next));
        return next;
      }),
    [key],
  );
  const setFile = useCallback(
    (chosen: File) => {
      files.set(key, chosen);
      setOwnFile(chosen);
      setDraft((before) => {
        const isKnown = before.file !== null && isSameFile(before.file, chosen);
        const next = isKnown ? before : { ...before, file: markOf(chosen), report: null, uploaded: null };
        keep(key, writeDraft(next));
        return next;
      });
    },
    [key],
  );
  const clear = useCallback(() => {
    files.delete(key);
    keep(key, null);
    setOwnFile(undefined);
    setDraft(emptyDraft);
  }, [key]);
  return { draft, patch, file, setFile, clear };
}

/** Where the browser keeps nothing for this page, the draft lives as long as the view. */
function recall(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // A full or forbidden storage is no reason to stop somebody from typing.
  }
}
