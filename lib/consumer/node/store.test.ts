import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';

import type { KeyPair } from '../ports.ts';
import { openStore } from './store.ts';

const genesis = `0x${'ab'.repeat(32)}` as const;
const pair = (byte: string): KeyPair => ({
  publicKey: { scheme: 0, material: { inline: `0x${byte.repeat(32)}` } },
  privateKey: new Uint8Array(32).fill(Number.parseInt(byte, 16)),
});
const sent = (agreement: number, index: number, payload = `payload ${index}`) => ({
  ...{ agreement, index, payload, label: `${index}.png`, sentAt: 1_000 + index },
});

async function folder(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'airo-store-'));
  t.after(() => rm(made, { recursive: true }));
  return join(made, 'airo');
}

test('keys and requests are there again after the store was opened anew', async (t) => {
  const place = await folder(t);
  const before = openStore(place, genesis);
  await before.saveKey(pair('11'));
  await before.saveKey(pair('22'));
  await before.saveSent([sent(3, 1), sent(3, 0), sent(4, 0)]);
  before.close();

  const store = openStore(place, genesis);
  t.after(() => store.close());
  assert.deepEqual(await store.privateKey(pair('11').publicKey), pair('11').privateKey);
  assert.equal(await store.privateKey(pair('33').publicKey), null);
  assert.deepEqual(await store.sent(3), [sent(3, 0), sent(3, 1)]);
  await store.forgetSent([sent(3, 0), sent(3, 1, 'another')]);
  assert.deepEqual(await store.sent(3), [sent(3, 1)]);
});

test('only the owner can read it', async (t) => {
  const place = await folder(t);
  const store = openStore(place, genesis);
  t.after(() => store.close());
  await store.saveKey(pair('11'));
  assert.equal((await stat(place)).mode & 0o777, 0o700);
  for (const file of await readdir(place)) assert.equal((await stat(join(place, file))).mode & 0o077, 0, file);
});

test('each chain has its own, because agreements of different chains have the same numbers', async (t) => {
  const place = await folder(t);
  const stores = [openStore(place, genesis), openStore(place, `0x${'cd'.repeat(32)}`)] as const;
  t.after(() => stores.forEach((store) => store.close()));
  await stores[0].saveSent([sent(0, 0)]);
  assert.deepEqual(await stores[1].sent(0), []);
});

test('two processes can use it at the same time', async (t) => {
  const place = await folder(t);
  const [one, two] = [openStore(place, genesis), openStore(place, genesis)];
  t.after(() => [one, two].forEach((store) => store.close()));
  await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).saveSent([sent(1, i)])));
  assert.equal((await one.sent(1)).length, 20);
});

test('a file of a newer version is refused and left as it is', async (t) => {
  const place = await folder(t);
  openStore(place, genesis).close();
  const [file = ''] = await readdir(place);
  const database = new DatabaseSync(join(place, file));
  database.exec('PRAGMA user_version = 2');
  database.close();
  assert.throws(() => openStore(place, genesis), /newer version of Airo/);
});
