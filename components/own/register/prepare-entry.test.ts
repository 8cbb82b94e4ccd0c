import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { UploadedModel } from '../../../lib/cockpit/types.ts';
import { parseDescription } from '../../../lib/inference/description.ts';
import { emptyFields } from './description-fields.ts';
import { emptyDraft, type Draft } from './draft.ts';
import { prepareEntry } from './prepare-entry.ts';

const fields = {
  ...emptyFields,
  name: 'Digits',
  licence: 'MIT',
  inputs: [{ name: 'x', dataType: 'FP32', shape: '* × 4' }],
  outputs: [{ name: 'y', dataType: 'FP32', shape: '* × 2' }],
} as const;
const onDx: UploadedModel = { content: 'bafkfile', size: 4, holders: 1 };

/** Records what is uploaded, and names it by its number. */
function uploads() {
  const texts: string[] = [];
  return {
    texts,
    parseDescription: (json: string) => Promise.resolve(parseDescription(json)),
    uploadLabels: (names: readonly string[]) => Promise.resolve(`bafklabels${texts.push(names.join('\n'))}`),
    uploadModel: async (blob: Blob) => {
      texts.push(await blob.text());
      return { content: `bafk${texts.length}`, size: blob.size, holders: 1 };
    },
  };
}

async function prepare(draft: Draft, file?: Blob) {
  const owning = uploads();
  let kept = draft;
  const entry = await prepareEntry(owning, draft, file, {
    patch: (changed) => (kept = { ...kept, ...changed }),
    onStage: () => undefined,
    signal: new AbortController().signal,
  });
  return { entry, kept, texts: owning.texts };
}

test('the file is uploaded once: what is on Dx is kept in the draft', async () => {
  const first = await prepare({ ...emptyDraft, fields }, new Blob(['onnx']));
  assert.deepEqual(first.texts, ['onnx']);
  assert.equal(first.entry.content, 'bafk1');
  const second = await prepare(first.kept);
  assert.deepEqual(second.texts, []);
  assert.deepEqual(second.entry, first.entry);
});

test('few labels are in the description, many are a text on Dx that is uploaded once', async () => {
  const few = await prepare({
    ...emptyDraft,
    uploaded: onDx,
    fields: { ...fields, labelKind: 'listed', labels: 'a\nb\n' },
  });
  assert.deepEqual(few.entry.description.labels, { kind: 'inline', names: ['a', 'b'] });
  assert.deepEqual(few.texts, []);

  const labels = Array.from({ length: 40 }, (_, index) => `class ${index}`).join('\n');
  const many = await prepare({ ...emptyDraft, uploaded: onDx, fields: { ...fields, labelKind: 'listed', labels } });
  assert.deepEqual(many.entry.description.labels, { kind: 'content', content: 'bafklabels1' });
  assert.deepEqual(many.texts, [labels]);
  assert.deepEqual((await prepare(many.kept)).texts, []);
});

test('without the file nothing is uploaded, and it says what to do', async () => {
  await assert.rejects(prepare({ ...emptyDraft, fields }), /Pick it again/);
});
