/** Content ids: what data is called on Dx, computed from the data alone. */
import { base32 } from 'multiformats/bases/base32';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';

import { buildDag, CHUNK_BYTES, DAG_PB } from './dag.ts';
import { InvalidKey } from './errors.ts';
import type { ContentId } from './types.ts';

/** Data up to this many bytes is one block, and its content id is the plain SHA-256 of the data. */
export const MAX_RAW_BYTES = CHUNK_BYTES;

const digestBytes = 32;

/**
 * The content id of some data: CID version 1, base32, sha2-256. Up to {@link MAX_RAW_BYTES} its codec is raw, above that
 * it is the root of the UnixFS DAG that `dag.ts` describes.
 *
 * @see https://github.com/multiformats/cid
 */
export async function contentIdOf(data: Uint8Array): Promise<ContentId> {
  return (await buildDag(data)).root.toString();
}

/**
 * Reads a content id. There is one way to write each: whatever differs from it by as much as a letter's case is refused,
 * so that a key can be compared as text.
 *
 * @throws {InvalidKey} when it is anything else than a content id of Dx
 */
export function parseContentId(key: ContentId): CID {
  const refuse = (why: string) =>
    new InvalidKey(`"${key.slice(0, 100)}" is no content id of Dx: ${why}. It looks like bafkrei... or bafybei...`);
  let cid: CID;
  try {
    cid = CID.parse(key, base32);
  } catch {
    throw refuse('it is not a CID in base32');
  }
  if (cid.version !== 1) throw refuse('its version is not 1');
  if (cid.code !== raw.code && cid.code !== DAG_PB) throw refuse('its codec is neither raw nor dag-pb');
  if (cid.multihash.code !== sha256.code || cid.multihash.digest.length !== digestBytes) {
    throw refuse('its hash is not sha2-256');
  }
  if (cid.toString(base32) !== key) throw refuse('it is not written in the usual way');
  return cid;
}
