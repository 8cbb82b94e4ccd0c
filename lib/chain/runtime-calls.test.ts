import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';

import RpcError from '@polkadot/rpc-provider/coder/error';
import type { ProviderInterfaceCallback } from '@polkadot/rpc-provider/types';

import type { Link } from './link.ts';
import { RuntimeCalls } from './runtime-calls.ts';

/** A link whose other end is the test: it sees what is asked, and says what happens. */
class ScriptedLink implements Link {
  readonly #lost = Promise.withResolvers<string>();
  readonly lost = this.#lost.promise;
  readonly asked: (readonly [method: string, params: readonly unknown[]])[] = [];
  answer: (method: string) => unknown = () => null;
  subscriptions = 0;
  #tell: ProviderInterfaceCallback = () => undefined;

  send(method: string, params: readonly unknown[]): Promise<unknown> {
    this.asked.push([method, params]);
    return Promise.resolve().then(() => this.answer(method));
  }

  subscribe(_type: string, _method: string, _params: readonly unknown[], callback: ProviderInterfaceCallback) {
    this.#tell = callback;
    return Promise.resolve(`follow-${this.subscriptions++}`);
  }

  unsubscribe(): Promise<boolean> {
    return Promise.resolve(true);
  }

  tell(...events: readonly object[]): void {
    for (const event of events) this.#tell(null, event);
  }

  close(): void {
    this.#lost.resolve('it was closed');
  }
}

const initialized = { event: 'initialized', finalizedBlockHashes: ['0x00'] };
const block = (blockHash: string) => ({ event: 'newBlock', blockHash });
const best = (bestBlockHash: string) => ({ event: 'bestBlockChanged', bestBlockHash });
const final = (...finalizedBlockHashes: string[]) => ({ event: 'finalized', finalizedBlockHashes, prunedBlockHashes: [] });

async function started(): Promise<{ readonly link: ScriptedLink; readonly calls: RuntimeCalls }> {
  const link = new ScriptedLink();
  const calls = await RuntimeCalls.start(link);
  assert.ok(calls !== null);
  return { link, calls };
}

/** Answers every call at once, with the block that it is for. */
function answering(link: ScriptedLink): void {
  let operation = 0;
  link.answer = (method) => {
    if (method !== 'chainHead_v1_call') return null;
    const operationId = String(operation++);
    const [, hash] = link.asked.at(-1)?.[1] ?? [];
    // Its outcome may be told before the answer that names it has arrived.
    link.tell({ event: 'operationCallDone', operationId, output: `at ${String(hash)}` });
    return { result: 'started', operationId };
  };
}

test('a call waits for the first block, and is made at the best one or at the one that is asked for', async () => {
  const { link, calls } = await started();
  answering(link);
  const first = calls.call('Core_version', '0x');
  link.tell(initialized);
  assert.equal(await first, 'at 0x00');
  link.tell(block('0x01'), best('0x01'));
  assert.equal(await calls.call('Core_version', '0x'), 'at 0x01');
  assert.equal(await calls.call('Core_version', '0x', '0x00'), 'at 0x00');
  assert.deepEqual(link.asked.at(-1), ['chainHead_v1_call', ['follow-0', '0x00', 'Core_version', '0x']]);
});

test('a block that is told of a little later is waited for, and an unknown one is not called at', async () => {
  const { link, calls } = await started();
  answering(link);
  link.tell(initialized);
  const early = calls.call('Core_version', '0x', '0x01');
  link.tell(block('0x01'));
  assert.equal(await early, 'at 0x01');
  assert.equal(await calls.call('Core_version', '0x', '0x77'), null);
});

test('of final blocks the newest stay pinned', async () => {
  const { link, calls } = await started();
  answering(link);
  const hashes = Array.from({ length: 12 }, (_, i) => `0x1${i.toString(16)}`);
  link.tell(initialized, ...hashes.map(block), final(...hashes.slice(0, 4)), final(...hashes.slice(4)));
  const unpinned = link.asked.filter(([method]) => method === 'chainHead_v1_unpin').map(([, params]) => params[1]);
  assert.deepEqual(unpinned, [['0x00', ...hashes.slice(0, 4)]]);
  assert.equal(await calls.call('Core_version', '0x', hashes[3]), null);
  assert.equal(await calls.call('Core_version', '0x', hashes[4]), `at ${hashes[4] ?? ''}`);
});

test('a call for which there is no room waits for another one to end', async () => {
  const { link, calls } = await started();
  link.tell(initialized);
  const answers: unknown[] = [
    { result: 'started', operationId: 'a' },
    { result: 'limitReached' },
    { result: 'started', operationId: 'b' },
  ];
  link.answer = () => answers.shift();
  const [first, second] = [calls.call('Core_version', '0x'), calls.call('Core_version', '0x')];
  link.tell({ event: 'operationCallDone', operationId: 'a', output: '0x0a' });
  assert.equal(await first, '0x0a');
  link.tell({ event: 'operationCallDone', operationId: 'b', output: '0x0b' });
  assert.equal(await second, '0x0b');
});

test('a call that fails says why, and one whose subscription ends fails but the next one does not', async () => {
  const { link, calls } = await started();
  link.tell(initialized);
  link.answer = () => ({ result: 'started', operationId: 'x' });
  const failing = calls.call('Core_version', '0x');
  link.tell({ event: 'operationError', operationId: 'x', error: 'it trapped' });
  await assert.rejects(failing, (error) => error instanceof RpcError && error.message === 'it trapped');
  const unproven = calls.call('Core_version', '0x');
  link.tell({ event: 'operationInaccessible', operationId: 'x' });
  await assert.rejects(unproven, { name: 'RpcError' });

  const interrupted = calls.call('Core_version', '0x');
  const told = assert.rejects(interrupted, /begun anew/);
  await setImmediate();
  link.tell({ event: 'stop' });
  answering(link);
  await told;
  const next = calls.call('Core_version', '0x');
  link.tell({ event: 'initialized', finalizedBlockHashes: ['0x20'] });
  assert.equal(await next, 'at 0x20');
});

test('where the light client does not offer it, or the link is lost, that is told', async () => {
  const old = new ScriptedLink();
  old.subscribe = () => Promise.reject(new RpcError('Method not found', -32_601));
  assert.equal(await RuntimeCalls.start(old), null);
  const { link, calls } = await started();
  const waiting = calls.call('Core_version', '0x');
  link.close();
  await assert.rejects(waiting, { name: 'ChainUnavailable' });
});
