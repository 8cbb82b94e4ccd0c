/** Real Dx servers and peers for a test: on free ports, in folders of their own, stopped with the test. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { afterwards } from './cleanup.ts';
import type {} from './nodes.ts';
import { startDx, type DxProcess, type StartDxOptions } from '../../dx/start.ts';
import {
  createDxPeer,
  type DxEvents,
  type DxPeer,
  type KeepOptions,
  type NodePeerOptions,
} from '../../lib/dx/node/peer.ts';

export { portsOf } from '../../dx/start.ts';

/** Starts a server that stops when the test is over. Its folder, where one is wanted, is the caller's. */
export async function startDxServer(t: TestContext, options: StartDxOptions = {}): Promise<DxProcess> {
  const server = await startDx({ ...options, signal: t.signal });
  afterwards(t, async () => {
    if (!t.passed) t.diagnostic(`The last lines of the Dx server ${server.peerId}:\n${server.log()}`);
    await server.stop();
  });
  return server;
}

/** Starts a peer in this process that is closed when the test is over. */
export async function createTestPeer(t: TestContext, options: NodePeerOptions = {}): Promise<DxPeer> {
  const peer = await createDxPeer(options);
  afterwards(t, () => peer.close());
  return peer;
}

/** Starts a peer in this process that others can join through and that keeps their data. */
export async function startStorer(t: TestContext, keep: KeepOptions = {}): Promise<DxPeer> {
  return createTestPeer(t, { server: true, listen: ['/ip4/127.0.0.1/tcp/0'], keep });
}

/** Resolves when a peer has an event of this name that `isIt` accepts. */
export async function nextEvent<Name extends keyof DxEvents>(
  peer: DxPeer,
  name: Name,
  isIt: (event: DxEvents[Name]) => boolean = () => true,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = peer.on(name, (event) => {
      if (!isIt(event)) return;
      stop();
      resolve();
    });
  });
}

/** That two byte strings are the same, without printing megabytes when they are not. */
export function assertSame(actual: Uint8Array, expected: Uint8Array): void {
  assert.ok(Buffer.from(actual).equals(expected), 'the data is the same');
}

/** A folder that goes when the test is over. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-dx-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Data that nobody has seen before. */
export function randomData(bytes: number): Uint8Array {
  return new Uint8Array(randomBytes(bytes));
}
