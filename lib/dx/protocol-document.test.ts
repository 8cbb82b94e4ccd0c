/** The examples of docs/dx-protocol.md: each is what this implementation writes, and reads. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id';
import * as lengthPrefixed from 'it-length-prefixed';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';

import { decodeMessage, encodeMessage, type WantEntry } from './bitswap/message.ts';
import { contentIdOf } from './content-id.ts';
import { buildDag, CHUNK_BYTES, MAX_CHILDREN, readNode } from './dag.ts';
import { open } from './envelope.ts';
import {
  decodeKeepMessage,
  encodeKeepMessage,
  KEEP_PROTOCOL,
  keepAnswer,
  keepRequest,
  MAX_KEEP_MESSAGE_BYTES,
  refusals,
} from './keep-protocol.ts';
import { BITSWAP_PROTOCOL } from './bitswap/bitswap.ts';
import { DEFAULT_MAX_BYTES, DEFAULT_REPLICAS, DEFAULT_TIMEOUT_MS, KAD_PROTOCOL } from './peer.ts';
import { rpcErrorCodes } from './rpc-errors.ts';
import { defaultLimits } from './store-policy.ts';
import { affinity } from './storers.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'dx-protocol.md'), 'utf8');
/** A sentence may be broken into lines anywhere. */
const sentences = text.replaceAll(/\s+/g, ' ');

/** What a fenced block with this name holds. */
function block(name: string): string {
  const found = new RegExp('```\\w+ ' + name + '\\n([^`]*)```').exec(text)?.[1];
  assert.ok(found, `the document has the example ${name}`);
  return found;
}

/** The bytes of an example; what follows a semicolon is a remark. */
function example(name: string): Uint8Array {
  const digits = block(name).replaceAll(/;.*$/gm, '').replaceAll(/\s+/g, '');
  assert.match(digits, /^([0-9a-f]{2})+$/, `${name} is hexadecimal`);
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const framed = (message: Uint8Array) => hex(lengthPrefixed.encode.single(message).subarray());

/** The message of a framed example. */
function unframed(name: string): Uint8Array {
  const [length = 0, ...message] = example(name);
  assert.ok(length < 128 && length === message.length, `${name} has the length that it says`);
  return Uint8Array.from(message);
}

const airo = new TextEncoder().encode('airo');
const key = await contentIdOf(airo);
const cid = CID.parse(key);

test('the content id of four bytes is the one in the document', () => {
  assert.ok(text.includes(`\`${key}\``));
  assert.equal(hex(cid.bytes), hex(example('content-id')));
});

test('the root block of 1 MiB and one byte is the one in the document', async () => {
  const { root, blocks } = await buildDag(new Uint8Array(CHUNK_BYTES + 1));
  assert.ok(text.includes(`\`${root.toString()}\``));
  const documented = example('root-block');
  assert.equal(hex(blocks.at(-1)?.bytes ?? new Uint8Array()), hex(documented));
  assert.equal(readNode(root, documented).dataBytes, CHUNK_BYTES + 1);
});

const want = (changes: Partial<WantEntry>) => ({
  wants: [{ cid, type: 'block' as const, cancel: false, sendDontHave: true, ...changes }],
  blocks: [],
  presences: [],
});
const bitswap = {
  'want-block': want({}),
  'want-have': want({ type: 'have' }),
  cancel: want({ cancel: true, sendDontHave: false }),
  block: { wants: [], blocks: [{ cid, bytes: airo }], presences: [] },
  have: { wants: [], blocks: [], presences: [{ cid, has: true }] },
  'dont-have': { wants: [], blocks: [], presences: [{ cid, has: false }] },
};
for (const [name, message] of Object.entries(bitswap)) {
  test(`the Bitswap message ${name} is the one in the document`, () => {
    assert.equal(framed(encodeMessage(message)), hex(example(name)));
    const read = decodeMessage(unframed(name));
    assert.deepEqual(read.wants, message.wants);
    assert.deepEqual(read.presences, message.presences);
    assert.deepEqual(
      read.blocks.map(({ codec, bytes }) => [codec, hex(bytes)]),
      message.blocks.map(({ bytes }) => [raw.code, hex(bytes)]),
    );
  });
}

test('the messages of the keep protocol are the ones in the document', () => {
  const request = { id: 1, key, bytes: airo.length };
  assert.equal(framed(encodeKeepMessage(request)), hex(example('keep-request')));
  assert.deepEqual(decodeKeepMessage(keepRequest, unframed('keep-request')), request);

  const kept = { id: 1, kept: true } as const;
  assert.equal(framed(encodeKeepMessage(kept)), hex(example('keep-answer')));
  assert.deepEqual(decodeKeepMessage(keepAnswer, unframed('keep-answer')), kept);

  const refusal = decodeKeepMessage(keepAnswer, unframed('keep-refusal'));
  assert.ok(!refusal.kept && refusal.reason === 'Full');
  assert.equal(framed(encodeKeepMessage(refusal)), hex(example('keep-refusal')));
  for (const reason of refusals) assert.match(text, new RegExp(`^\\| \`${reason}\` `, 'm'));
});

test('a provider record names the peer and the multihash that the document says', async () => {
  const peer = peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(1)));
  assert.ok(text.includes(`\`${peer.toString()}\``));
  const record = hex(unframed('add-provider'));
  assert.ok(record.includes(`1222${hex(cid.multihash.bytes)}`));
  assert.ok(record.includes(`0a26${hex(peer.toMultihash().bytes)}`));
  assert.ok(hex(unframed('get-providers')).endsWith(`1222${hex(cid.multihash.bytes)}`));
});

test('the order of the storers for a key is the one in the document', () => {
  const { key: ofKey, ...peers } = JSON.parse(block('affinity')) as Record<string, string | number>;
  assert.equal(ofKey, key);
  assert.equal(Object.keys(peers).length, 3);
  for (const [peer, number] of Object.entries(peers)) assert.equal(affinity(peerIdFromString(peer), key), number);
});

test('the envelope in the document opens in the place that its info says, and in no other', async () => {
  const info = Buffer.from(example('envelope-info'));
  assert.equal(info.length, 60);
  assert.equal(info.subarray(0, 15).toString(), 'airo/envelope/1');
  const place = {
    genesisHash: `0x${info.subarray(15, 47).toString('hex')}`,
    agreement: Number(info.readBigUInt64LE(47)),
    index: info.readUInt32LE(55),
    kind: info[59] === 0 ? 'payload' : 'result',
  } as const;
  const recipient = new Uint8Array(32).fill(0x11);
  assert.equal(hex(await open(example('envelope'), recipient, place)), hex(airo));
  const elsewhere = { ...place, kind: 'result' } as const;
  await assert.rejects(open(example('envelope'), recipient, elsewhere), { name: 'CannotDecrypt' });
});

test('names, codes and limits are the ones in the document', () => {
  for (const protocol of [KAD_PROTOCOL, BITSWAP_PROTOCOL, KEEP_PROTOCOL]) assert.ok(text.includes(protocol), protocol);
  for (const [name, code] of Object.entries(rpcErrorCodes)) {
    assert.match(text, new RegExp(`^\\| ${code} +\\| \`${name}\` `, 'm'));
  }
  const MiB = 1024 ** 2;
  const said: readonly (readonly [number, string])[] = [
    [CHUNK_BYTES, 'Up to 1 MiB (1,048,576 bytes)'],
    [MAX_CHILDREN, '1,024 children'],
    [MAX_KEEP_MESSAGE_BYTES, 'framed, at most 1,024 bytes'],
    [DEFAULT_REPLICAS, '(2 by default)'],
    [DEFAULT_TIMEOUT_MS, 'Deadline: 60 s by default'],
    [DEFAULT_MAX_BYTES, '(256 MiB by default'],
    [defaultLimits.strangerBytes, 'together | 256 MiB |'],
    [defaultLimits.strangerMs, 'kept | 10 minutes |'],
    [defaultLimits.totalBytes, 'all data | 64 GiB |'],
  ];
  const expected = [MiB, 1024, 1024, 2, 60_000, 256 * MiB, 256 * MiB, 600_000, 64 * 1024 * MiB];
  assert.deepEqual(
    said.map(([value]) => value),
    expected,
  );
  for (const [, words] of said) assert.ok(sentences.includes(words), words);
});
