import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readBackup, writeBackup } from './backup.ts';
import { MemoryKeyValue } from './testing/storage.ts';

const passphrase = 'correct horse battery';

async function filled(): Promise<MemoryKeyValue> {
  const values = new MemoryKeyValue();
  await values.write([
    { key: 'keys/net/0:0xab', value: { publicKey: { scheme: 0 }, privateKey: new Uint8Array([1, 2, 3]) } },
    {
      key: 'history/net/7/a',
      value: { agreement: 7, id: 'a', label: 'secret.png', paid: 50n, thumbnail: new Uint8Array([4]) },
    },
    { key: 'sent/net/7/0/bafy', value: { agreement: 7 } },
    { key: 'cache/net/models', value: 'can be had again' },
  ]);
  return values;
}

/** The backup with something in it changed. */
async function changed(
  file: Blob,
  change: (backup: { header: Record<string, unknown>; content: string }) => void,
): Promise<Blob> {
  const backup = JSON.parse(await file.text()) as { header: Record<string, unknown>; content: string };
  change(backup);
  return new Blob([JSON.stringify(backup)]);
}

test('a backup brings keys, history and what was sent into another browser', async () => {
  const values = await filled();
  const file = await writeBackup(values, passphrase);
  assert.doesNotMatch(await file.text(), /secret\.png/);
  const other = new MemoryKeyValue();
  assert.deepEqual(await readBackup(other, file, passphrase), { keys: 1, inferences: 1 });
  const kept = (await values.entries('')).filter(([key]) => !key.startsWith('cache/'));
  assert.deepEqual(await other.entries(''), kept);
});

test('what is there already stays as it is', async () => {
  const file = await writeBackup(await filled(), passphrase);
  const other = new MemoryKeyValue();
  await other.write([{ key: 'history/net/7/a', value: 'newer' }]);
  assert.deepEqual(await readBackup(other, file, passphrase), { keys: 1, inferences: 0 });
  assert.equal(await other.get('history/net/7/a'), 'newer');
});

test('the same passphrase typed in another way of Unicode opens it', async () => {
  const file = await writeBackup(await filled(), 'pass\u00e9word');
  assert.deepEqual(await readBackup(new MemoryKeyValue(), file, 'passe\u0301word'), { keys: 1, inferences: 1 });
});

test('a short passphrase is refused', async () => {
  await assert.rejects(writeBackup(await filled(), '1234567'), { name: 'WeakPassphrase' });
});

test('a file that is refused changes nothing, and the error says why', async () => {
  const file = await writeBackup(await filled(), passphrase);
  const text = (value: string) => Promise.resolve(new Blob([value]));
  const refused: readonly (readonly [string, Promise<Blob>, string, string?])[] = [
    ['a wrong passphrase', Promise.resolve(file), 'WrongPassphrase', 'something else'],
    ['an image', text('\u0089PNG'), 'NotABackup'],
    ['other JSON', text('{"header": {"format": "other", "version": 1}}'), 'NotABackup'],
    ['a newer version', changed(file, ({ header }) => (header.version = 2)), 'BackupTooNew'],
    [
      'fewer iterations',
      changed(file, ({ header }) => ((header.key as { iterations: number }).iterations = 1)),
      'WrongPassphrase',
    ],
    [
      'too many iterations',
      changed(file, ({ header }) => ((header.key as { iterations: number }).iterations = 1e12)),
      'NotABackup',
    ],
    [
      'changed content',
      changed(file, (backup) => (backup.content = `AAAA${backup.content.slice(4)}`)),
      'WrongPassphrase',
    ],
    ['no base64', changed(file, (backup) => (backup.content = '*')), 'NotABackup'],
    ['half of it', file.text().then((whole) => new Blob([whole.slice(0, whole.length / 2)])), 'NotABackup'],
  ];
  for (const [what, blob, name, given = passphrase] of refused) {
    const values = new MemoryKeyValue();
    await assert.rejects(readBackup(values, await blob, given), { name }, what);
    assert.deepEqual(await values.entries(''), [], what);
  }
});
