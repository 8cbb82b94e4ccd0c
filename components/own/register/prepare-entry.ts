/** From a draft to what the chain is given: the file and the labels on Dx, and the description with its labels. */
import type { ModelEntry, Owning } from '../../../lib/cockpit/types.ts';
import type { Labels } from '../../../lib/market/types.ts';
import { descriptionOf } from './description-fields.ts';
import type { Draft } from './draft.ts';
import { fitInline, labelsOf } from './label-text.ts';
import type { UploadStage } from './upload-progress.tsx';

interface Hooks {
  readonly patch: (fields: Partial<Draft>) => void;
  readonly onStage: (stage: UploadStage) => void;
  readonly signal: AbortSignal;
}

type Uploads = Pick<Owning, 'uploadModel' | 'uploadLabels' | 'parseDescription'>;

/**
 * Uploads what is not on Dx yet, and keeps in the draft what is: a signature that was refused costs no second upload.
 *
 * @throws what `uploadModel`, `uploadLabels` and `parseDescription` throw, and the signal's reason
 */
export async function prepareEntry(
  owning: Uploads,
  draft: Draft,
  file: Blob | undefined,
  hooks: Hooks,
): Promise<ModelEntry> {
  const { patch, onStage, signal } = hooks;
  const labels = await placeLabels(owning, draft, hooks);
  const description = await owning.parseDescription(JSON.stringify(descriptionOf(draft.fields, labels)));
  let { uploaded } = draft;
  if (uploaded === null) {
    if (file === undefined) throw new Error('The file is not here any more. Pick it again.');
    onStage({ name: 'uploading', bytes: 0, total: file.size });
    uploaded = await owning.uploadModel(file, {
      signal,
      onProgress: ({ bytes, total }) => onStage({ name: 'uploading', bytes, total }),
    });
    patch({ uploaded });
  }
  return { content: uploaded.content, size: uploaded.size, description };
}

async function placeLabels(owning: Uploads, draft: Draft, { patch, onStage, signal }: Hooks): Promise<Labels> {
  const { labelKind, labels: text, labelContent } = draft.fields;
  if (labelKind === 'none') return { kind: 'none' };
  if (labelKind === 'content') return { kind: 'content', content: labelContent.trim() };
  const names = labelsOf(text);
  if (fitInline(names)) return { kind: 'inline', names };
  if (draft.uploadedLabels?.text === text) return { kind: 'content', content: draft.uploadedLabels.content };
  onStage({ name: 'labels' });
  const content = await owning.uploadLabels(names, { signal });
  patch({ uploadedLabels: { text, content } });
  return { kind: 'content', content };
}
