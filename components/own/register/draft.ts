/** What was typed so far, kept while this tab lives: no error, no other view and no reload loses it. */
import type { ModelReport, UploadedModel } from '../../../lib/cockpit/types.ts';
import { emptyFields, type DescriptionFields } from './description-fields.ts';

export const steps = ['file', 'description', 'royalty', 'sign'] as const;
export type StepName = (typeof steps)[number];

/** A file, as far as it can be told from another one without reading it. */
export interface FileMark {
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
}

export interface Draft {
  readonly step: StepName;
  readonly file: FileMark | null;
  readonly report: ModelReport | null;
  readonly fields: DescriptionFields;
  readonly royalty: string;
  /** The file on Dx, once it is there. */
  readonly uploaded: UploadedModel | null;
  /** The labels on Dx, with the text that they were. */
  readonly uploadedLabels: { readonly text: string; readonly content: string } | null;
}

export const emptyDraft: Draft = {
  step: 'file',
  file: null,
  report: null,
  fields: emptyFields,
  royalty: '',
  uploaded: null,
  uploadedLabels: null,
};

export function markOf({ name, size, lastModified }: FileMark): FileMark {
  return { name, size, lastModified };
}

export function isSameFile(a: FileMark, b: FileMark): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
}

/** Written before every draft; one of another form is not read. */
const version = 1;

export function writeDraft(draft: Draft): string {
  return JSON.stringify({ version, draft });
}

/** Reads what {@link writeDraft} wrote; `null` for anything else. */
export function readDraft(text: string | null): Draft | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as { readonly version?: unknown; readonly draft?: Partial<Draft> } | null;
    if (value?.version !== version || typeof value.draft !== 'object') return null;
    return { ...emptyDraft, ...value.draft };
  } catch {
    return null;
  }
}
