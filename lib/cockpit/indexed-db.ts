/** What is kept, in IndexedDB. */
import type { KeyValue } from './key-value.ts';

const storeName = 'values';
const schemaVersion = 1;

/**
 * Opens the browser's database of this name.
 *
 * @throws when the browser lets this page keep nothing, for instance in a private window
 */
export async function openIndexedDb(name: string): Promise<KeyValue> {
  const { openDB } = await import('idb');
  const database = await openDB(name, schemaVersion, {
    upgrade: (opened) => void opened.createObjectStore(storeName),
    // A newer version of this page in another tab must not wait for this one.
    blocking: (_, __, event) => (event.target as IDBDatabase).close(),
  });
  return {
    get: (key) => database.get(storeName, key),
    async entries(prefix) {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const transaction = database.transaction(storeName);
      const [keys, values] = await Promise.all([
        transaction.store.getAllKeys(range),
        transaction.store.getAll(range) as Promise<unknown[]>,
      ]);
      return keys.map((key, i) => [key as string, values[i]] as const);
    },
    async write(changes) {
      // Private keys and what was sent must survive a crash of the whole machine.
      const transaction = database.transaction(storeName, 'readwrite', { durability: 'strict' });
      const done = changes.map(({ key, value }) =>
        value === undefined ? transaction.store.delete(key) : transaction.store.put(value, key),
      );
      await Promise.all([...done, transaction.done]);
    },
    close: () => database.close(),
  };
}
