import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createCarrier, type TabStorage } from './carried.ts';

function tabStorage(): TabStorage & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
const image = { label: 'seven.png', blob: new Blob([bytes], { type: 'image/png' }) };

test('an image is carried along, each model its own', async () => {
  const carrier = createCarrier(() => undefined);
  let changes = 0;
  const stop = carrier.subscribe(() => (changes += 1));
  await carrier.put(3, image);
  assert.equal(carrier.get(3), image);
  assert.equal(carrier.get(4), null);
  carrier.drop(3);
  assert.equal(carrier.get(3), null);
  assert.equal(changes, 2);
  stop();
  await carrier.put(3, image);
  assert.equal(changes, 2);
});

test('after a reload it is the same, byte by byte', async () => {
  const storage = tabStorage();
  await createCarrier(() => storage).put(3, image);
  const again = createCarrier(() => storage).get(3);
  assert.ok(again);
  assert.equal(again.label, 'seven.png');
  assert.equal(again.blob.type, 'image/png');
  assert.deepEqual(new Uint8Array(await again.blob.arrayBuffer()), bytes);
});

test('what was dropped does not come back', async () => {
  const storage = tabStorage();
  const carrier = createCarrier(() => storage);
  const kept = carrier.put(3, image);
  carrier.drop(3);
  await kept;
  assert.equal(createCarrier(() => storage).get(3), null);
});

test('a large image, and one beside a full storage, is carried until the page goes', async () => {
  const storage = tabStorage();
  const large = { label: 'large', blob: new Blob([new Uint8Array(3 * 1024 * 1024)]) };
  const carrier = createCarrier(() => storage);
  await carrier.put(1, large);
  assert.equal(carrier.get(1), large);
  assert.equal(storage.values.size, 0);

  const full = createCarrier(() => ({
    ...storage,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  }));
  await full.put(2, image);
  assert.equal(full.get(2), image);
});

test('what lies broken in the storage is nothing', () => {
  const storage = tabStorage();
  storage.values.set('airo.input.3', '{"label":1');
  assert.equal(createCarrier(() => storage).get(3), null);
});
