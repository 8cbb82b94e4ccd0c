import assert from 'node:assert/strict';
import { test } from 'node:test';

import { emptyDraft, isSameFile, markOf, readDraft, writeDraft } from './draft.ts';

test('a draft is read as it was written', () => {
  const draft = {
    ...emptyDraft,
    step: 'royalty',
    royalty: '0.0',
    file: { name: 'a.onnx', size: 1, lastModified: 2 },
  } as const;
  assert.deepEqual(readDraft(writeDraft(draft)), draft);
});

test('what is no draft, or one of another version, is as if there were none', () => {
  for (const text of [null, '', '{', 'null', '1', '{"version":0,"draft":{}}', '{"version":1}']) {
    assert.equal(readDraft(text), null, String(text));
  }
});

test('a file that was changed is another one', () => {
  const mark = markOf({ name: 'a.onnx', size: 1, lastModified: 2 });
  assert.equal(isSameFile(mark, { ...mark }), true);
  assert.equal(isSameFile(mark, { ...mark, lastModified: 3 }), false);
});
