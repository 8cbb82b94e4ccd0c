import type { Paging } from '../lib/market/chain.ts';

const limit = 100;

/** Reads a list page by page to its end. */
export async function allPages<Key, Entry>(
  read: (page: Paging<Key>) => Promise<readonly Entry[]>,
  keyOf: (entry: Entry) => Key,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (let page: Paging<Key> = { limit }; ;) {
    const found = await read(page);
    entries.push(...found);
    const last = found.at(-1);
    if (found.length < limit || last === undefined) return entries;
    page = { after: keyOf(last), limit };
  }
}
