/** ONNX files in the browser's cache, by content id. What comes out of it has the content id that was asked for. */
import { contentIdOf } from '../../dx/content-id.ts';
import type { Dx } from '../../dx/types.ts';
import { ModelUnavailable } from '../../inference/errors.ts';
import type { ContentId } from '../../market/types.ts';

/** As much of the browser's Cache Storage as is needed. */
export interface FileCache {
  read(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** @throws when there is no room */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

const cacheName = 'airo-models';
/** The name of a file is the path of an address that nothing else asks for. */
const pathOf = (name: string) => `/airo-models/${name}.onnx`;
/** How long a download may take: a model can be large, and a line slow. */
const downloadTimeoutMs = 30 * 60_000;

/** The browser's Cache Storage; a cache that keeps nothing where there is none, or where it is forbidden. */
export async function browserFileCache(): Promise<FileCache> {
  let cache: Cache;
  try {
    // Not there in pages without TLS, whatever the types say.
    const storage = (globalThis as { readonly caches?: CacheStorage }).caches;
    if (storage === undefined) return noCache;
    cache = await storage.open(cacheName);
  } catch {
    return noCache;
  }
  return {
    async read(name) {
      const found = await cache.match(pathOf(name));
      return found === undefined ? null : new Uint8Array(await found.arrayBuffer());
    },
    write: (name, bytes) => cache.put(pathOf(name), new Response(bytes.slice())),
    async remove(name) {
      await cache.delete(pathOf(name));
    },
  };
}

const noCache: FileCache = {
  read: () => Promise.resolve(null),
  write: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};

/** Fetches models from Dx and keeps them. */
export class ModelFiles {
  readonly #cache: Promise<FileCache>;
  readonly #dx: Pick<Dx, 'download'>;

  constructor(cache: Promise<FileCache>, dx: Pick<Dx, 'download'>) {
    this.#cache = cache;
    this.#dx = dx;
  }

  /**
   * The file's bytes, from the cache if they are there and undamaged, else from Dx.
   *
   * @param onProgress told how many bytes are there
   * @throws {ModelUnavailable} when it is not here and cannot be fetched
   */
  async get(
    content: ContentId,
    size: number,
    signal: AbortSignal,
    onProgress: (bytes: number) => void = () => undefined,
  ): Promise<Uint8Array> {
    const kept = await this.#read(content);
    if (kept !== null) return kept;
    onProgress(0);
    let bytes: Uint8Array;
    try {
      bytes = await this.#dx.download(content, {
        ...{ maxBytes: size, timeoutMs: downloadTimeoutMs, signal },
        onProgress: (progress) => onProgress(progress.bytes),
      });
    } catch (error) {
      signal.throwIfAborted();
      const said = error instanceof Error ? error.message : String(error);
      throw new ModelUnavailable(`Its file cannot be fetched from Dx: ${said}`, { cause: error });
    }
    // Where the browser has no room for it, it is fetched again by the next visit.
    await (await this.#cache).write(content, bytes).catch(() => undefined);
    return bytes;
  }

  async remove(content: ContentId): Promise<void> {
    await (await this.#cache).remove(content);
  }

  async #read(content: ContentId): Promise<Uint8Array | null> {
    const cache = await this.#cache;
    try {
      const bytes = await cache.read(content);
      if (bytes === null || (await contentIdOf(bytes)) === content) return bytes;
      await cache.remove(content);
    } catch {
      // What cannot be read is fetched again.
    }
    return null;
  }
}
