import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { unixfs } from '@helia/unixfs';
import { MemoryBlockstore } from 'blockstore-core';
import { fixedSize } from 'ipfs-unixfs-importer/chunker';
import { balanced } from 'ipfs-unixfs-importer/layout';

import { contentIdOf, MAX_RAW_BYTES, parseContentId } from './content-id.ts';
import { buildDag, CHUNK_BYTES, MAX_CHILDREN } from './dag.ts';

/** Bytes that are the same each time and not all alike. */
function pattern(length: number): Uint8Array {
  const data = new Uint8Array(length);
  for (let i = 0, state = 1; i < length; i++) data[i] = state = (state * 31 + 7 + (i >> 8)) & 0xff;
  return data;
}

const vectors: readonly (readonly [string, Uint8Array, string])[] = [
  ['no data', new Uint8Array(), 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'],
  ['a word', new TextEncoder().encode('airo'), 'bafkreihzf4mr5dlyjixyfok7jaudhdotyde7osydedozgf3swqwgyxf3mm'],
  ['1 MiB', pattern(MAX_RAW_BYTES), 'bafkreidspevcghrdkxsmlwv446h3eezgijgqgvhv6uivv7f4gza2cuzzni'],
  ['1 MiB and a byte', pattern(MAX_RAW_BYTES + 1), 'bafybeiaywebaeg3r4nju2lvvun32xxdygi7w33s5t7yvn2vpwsc7pwd55q'],
  ['5.5 MiB', pattern(5.5 * MAX_RAW_BYTES), 'bafybeidvtvyugy2exxqoceri3g6qgqjzwngpu3a36zc7gbln5nln3as5ce'],
  ['3 MiB of zeros', new Uint8Array(3 * MAX_RAW_BYTES), 'bafybeigdsjup7aizxrrjn7yqtcmqg6ffksaugwr7is2ind3cf7esaqrz4m'],
];

for (const [what, data, expected] of vectors) {
  test(`the content id of ${what} is what it always was`, async () => {
    assert.equal(await contentIdOf(data), expected);
  });

  test(`the content id of ${what} is what the UnixFS importer of Helia computes with the same parameters`, async () => {
    const blockstore = new MemoryBlockstore();
    // Only the blockstore is used for adding.
    const files = unixfs({ blockstore });
    const root = await files.addBytes(data, {
      cidVersion: 1,
      rawLeaves: true,
      reduceSingleLeafToSelf: true,
      chunker: fixedSize({ chunkSize: CHUNK_BYTES }),
      layout: balanced({ maxChildrenPerNode: MAX_CHILDREN }),
    });
    assert.equal(root.toString(), await contentIdOf(data));
    for (const { cid } of (await buildDag(data)).blocks) assert.ok(await blockstore.has(cid));
  });
}

test('up to 1 MiB the content id contains the plain SHA-256 of the data', async () => {
  const data = pattern(MAX_RAW_BYTES);
  const { digest } = parseContentId(await contentIdOf(data)).multihash;
  assert.equal(Buffer.from(digest).toString('hex'), createHash('sha256').update(data).digest('hex'));
});

test('a content id is read and written the same', () => {
  for (const [, , key] of vectors) assert.equal(parseContentId(key).toString(), key);
});

const good = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
const refused: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['other text', 'hello'],
  ['a path', `/ipfs/${good}`],
  ['white space', ` ${good}`],
  ['capitals', good.toUpperCase()],
  ['a cut end', good.slice(0, -1)],
  ['an added end', `${good}a`],
  ['another base', 'zb2rhmy65F3REf8SZp7De11gxtECBGgUKaLdiDj7MCGCHxbDW'],
  ['version 0', 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'],
  ['another codec (dag-cbor)', 'bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua'],
  ['another hash (identity)', 'bafkqaaa'],
];
for (const [what, key] of refused) {
  test(`what is no content id of Dx is refused: ${what}`, () => {
    assert.throws(() => parseContentId(key), { name: 'InvalidKey' });
  });
}
