/** The bytes in docs/dx-protocol.md, sent to a server in TypeScript and to a node by a program that knows nothing else. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import type { Connection, Stream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2p } from 'libp2p';

import { root } from '../../scripts/lib/paths.ts';
import { waitFor, within } from '../../scripts/lib/wait.ts';
import { decodeMessage, type BitswapMessage } from '../../lib/dx/bitswap/message.ts';
import { readFrames } from '../../lib/dx/streams.ts';
import { afterwards } from '../support/cleanup.ts';
import { startDxServer } from '../support/dx.ts';
import { startDxNode } from '../support/dx-node.ts';

const document = readFileSync(join(root, 'docs', 'dx-protocol.md'), 'utf8');
const protocols = { kad: '/airo/dx/kad/1.0.0', bitswap: '/ipfs/bitswap/1.2.0', keep: '/airo/dx/keep/1.0.0' };
const timeoutMs = 10_000;

function example(name: string): Uint8Array {
  const text = new RegExp('```text ' + name + '\\n([^`]*)```').exec(document)?.[1] ?? '';
  return new Uint8Array(Buffer.from(text.replaceAll(/;.*$/gm, '').replaceAll(/\s+/g, ''), 'hex'));
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** A program that can open streams, send bytes, and read what comes. It has the key that the document names. */
async function startProgram(t: TestContext): Promise<Libp2p> {
  const libp2p = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(1)),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), ping: ping() },
  });
  afterwards(t, () => libp2p.stop());
  return libp2p;
}

/** The first message that comes on a stream. */
async function answerOn(stream: Stream): Promise<Uint8Array> {
  const frames = readFrames(stream, 4 * 1024 ** 2);
  const first = await within(frames.next(), { what: 'an answer', timeoutMs });
  assert.ok(first.done !== true);
  return first.value;
}

/** Sends a message of Bitswap from the document. */
async function sendTo(connection: Connection, name: string): Promise<void> {
  const stream = await connection.newStream(protocols.bitswap);
  stream.send(example(name));
  await stream.close();
}

async function isSpoken(t: TestContext, address: string): Promise<void> {
  const program = await startProgram(t);
  const received: BitswapMessage[] = [];
  await program.handle(protocols.bitswap, async (incoming, connection) => {
    for await (const frame of readFrames(incoming, 4 * 1024 ** 2)) {
      const message = decodeMessage(frame);
      received.push(message);
      // Asked for a block it gives the only one that it has, on a stream of its own.
      if (message.wants.some(({ cancel }) => !cancel)) await sendTo(connection, 'block');
    }
  });
  const connection = await program.dial(multiaddr(address));
  const send = (name: string) => sendTo(connection, name);
  const key = hex(example('content-id'));
  const got = (what: string, isIt: (message: BitswapMessage) => boolean) =>
    waitFor(() => received.some(isIt), { what, timeoutMs, signal: t.signal });
  const presence = (has: boolean) => (message: BitswapMessage) =>
    message.presences.some((found) => hex(found.cid.bytes) === key && found.has === has);
  const block = (message: BitswapMessage) =>
    message.blocks.some(({ bytes }) => Buffer.from(bytes).toString() === 'airo');

  await send('want-block');
  await got('a DontHave', presence(false));
  await send('cancel');

  const keep = await connection.newStream(protocols.keep);
  keep.send(example('keep-request'));
  const [, ...kept] = example('keep-answer');
  const answered = JSON.parse(new TextDecoder().decode(await answerOn(keep))) as unknown;
  assert.deepEqual(answered, JSON.parse(new TextDecoder().decode(Uint8Array.from(kept))));
  assert.ok(received.some(({ wants }) => wants.some(({ cid }) => hex(cid.bytes) === key)));

  received.length = 0;
  await send('want-have');
  await got('a small block where Have was asked for', block);
  received.length = 0;
  await send('want-block');
  await got('the block', block);

  const record = example('add-provider');
  const announcing = await connection.newStream(protocols.kad);
  announcing.send(record);
  await announcing.close();
  // The same provider in a message of another type, perhaps with further addresses.
  const provider = /0a26[0-9a-f]{76}/.exec(hex(record))?.[0] ?? '';
  const announced = /1208[0-9a-f]{16}$/.exec(hex(record))?.[0] ?? '';
  assert.ok(provider && announced);
  await waitFor(
    async () => {
      const asking = await connection.newStream(protocols.kad);
      asking.send(example('get-providers'));
      const answer = hex(await answerOn(asking));
      await asking.close();
      return answer.startsWith('0803') && answer.includes(provider) && answer.includes(announced);
    },
    { what: 'the provider record', timeoutMs, signal: t.signal },
  );
}

test('a server in TypeScript speaks what the document says', async (t) => {
  const { tcpAddress } = await startDxServer(t);
  await isSpoken(t, tcpAddress);
});

test('a node speaks what the document says', async (t) => {
  const { tcpAddress } = await startDxNode(t);
  await isSpoken(t, tcpAddress);
});
