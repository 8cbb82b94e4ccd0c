/** What the peers of Dx read of each other. */
import assert from 'node:assert/strict';

import { CID } from 'multiformats/cid';

import { answerStun } from '../../../dx/stun.ts';
import { decodeMessage, encodeMessage } from '../../../lib/dx/bitswap/message.ts';
import { parseContentId } from '../../../lib/dx/content-id.ts';
import { MAX_CHILDREN, readNode } from '../../../lib/dx/dag.ts';
import { ENVELOPE_OVERHEAD, open, seal } from '../../../lib/dx/envelope.ts';
import { fromHex, toHex } from '../../../lib/dx/hex.ts';
import { decodeKeepMessage, encodeKeepMessage, keepAnswer, keepRequest } from '../../../lib/dx/keep-protocol.ts';
import { anyText, wholeJson } from '../json.ts';
import type { Target } from '../target.ts';

/** The place, the key and the plaintext of the envelope in docs/dx-protocol.md. */
const place = { genesisHash: `0x${'5a'.repeat(32)}`, agreement: 7, index: 3, kind: 'payload' } as const;
const privateKey = new Uint8Array(32).fill(0x11);
const plaintext = new TextEncoder().encode('airo');

/** A file of two blocks; which one a node names makes no difference to how it is read. */
const fileId = CID.parse('bafybeihd4yzq7n5umhjngdum4r6k2to7egxfkf2jz6thvwzf6djus22cmq');

export const dxTargets: readonly Target[] = [
  {
    name: 'dx-envelope',
    refusals: ['CannotDecrypt'],
    read: async (bytes) => {
      // Whoever finds another envelope that opens has broken the encryption.
      assert.deepEqual(await open(bytes, privateKey, place), plaintext);
    },
  },
  {
    name: 'dx-recipient-key',
    refusals: ['RangeError'],
    read: async (bytes) => {
      const envelope = await seal(plaintext, bytes, place);
      assert.equal(envelope.length, plaintext.length + ENVELOPE_OVERHEAD);
    },
  },
  {
    name: 'dx-content-id',
    refusals: ['InvalidKey'],
    read: (bytes) => {
      const text = anyText(bytes);
      assert.equal(parseContentId(text).toString(), text);
    },
  },
  {
    name: 'dx-node',
    refusals: ['Corrupt'],
    read: (bytes) => {
      const { dataBytes, children } = readNode(fileId, bytes);
      assert.ok(children.length > 1 && children.length <= MAX_CHILDREN);
      assert.ok(children.every((child) => child.dataBytes > 0));
      assert.equal(
        children.reduce((sum, child) => sum + child.dataBytes, 0),
        dataBytes,
      );
    },
  },
  {
    name: 'dx-keep-request',
    refusals: ['InvalidKeepMessage'],
    json: wholeJson,
    read: (bytes) => {
      const request = decodeKeepMessage(keepRequest, bytes);
      assert.deepEqual(encoded(decodeKeepMessage(keepRequest, encodeKeepMessage(request))), encoded(request));
    },
  },
  {
    name: 'dx-keep-answer',
    refusals: ['InvalidKeepMessage'],
    json: wholeJson,
    read: (bytes) => {
      const answer = decodeKeepMessage(keepAnswer, bytes);
      assert.deepEqual(encoded(decodeKeepMessage(keepAnswer, encodeKeepMessage(answer))), encoded(answer));
    },
  },
  {
    name: 'dx-bitswap',
    refusals: ['InvalidMessage'],
    read: (bytes) => {
      const { wants, presences } = decodeMessage(bytes);
      const written = encodeMessage({ wants, presences, blocks: [] });
      const again = decodeMessage(written);
      assert.deepEqual(encodeMessage({ ...again, blocks: [] }), written);
    },
  },
  {
    name: 'dx-hex',
    refusals: [],
    read: (bytes) => {
      const text = anyText(bytes);
      const found = fromHex(text);
      if (found !== undefined) assert.equal(toHex(found), text.toLowerCase());
    },
  },
  {
    name: 'dx-stun',
    refusals: [],
    read: (bytes) => {
      const answer = answerStun(Buffer.from(bytes), { address: '192.0.2.1', port: 32_853 });
      assert.ok(answer === undefined || answer.length <= 80 + 2 * bytes.length);
    },
  },
];

/** As bytes: in memory -0 is not 0, and on the wire it is. */
function encoded(message: Parameters<typeof encodeKeepMessage>[0]): Uint8Array {
  return encodeKeepMessage(message);
}
