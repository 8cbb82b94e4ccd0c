/** The ONNX files on disk, by content id. */
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { ModelUnavailable } from '../../lib/inference/errors.ts';
import type { ContentId } from '../../lib/market/types.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../../scripts/lib/log.ts';

/** Dx, as much of it as the cache needs. */
export interface Downloads {
  download(
    key: ContentId,
    options: {
      readonly maxBytes: number;
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
      readonly onProgress: (progress: { readonly bytes: number; readonly total?: number }) => void;
    },
  ): Promise<Uint8Array>;
}

export interface CacheOptions {
  readonly folder: string;
  readonly dx: Downloads;
  /** The most bytes to keep; what is in use is kept in any case. */
  readonly maxBytes: number;
  readonly downloadTimeoutMs: number;
  readonly log: Logger;
}

const suffix = '.onnx';
const unfinished = '.part';

/** Fetches models from Dx and keeps them. What comes out of it has the content id that was asked for. */
export class ModelCache {
  readonly #options: CacheOptions;
  readonly #used = new Map<ContentId, number>();

  private constructor(options: CacheOptions) {
    this.#options = options;
  }

  /** Opens the folder, makes it if there is none, and removes what a crash has left half written. */
  static async open(options: CacheOptions): Promise<ModelCache> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    const parts = (await readdir(options.folder)).filter((name) => name.endsWith(unfinished));
    await Promise.all(parts.map((name) => rm(join(options.folder, name), { force: true })));
    return new ModelCache(options);
  }

  /**
   * The file's bytes, from disk if it is there and undamaged.
   *
   * @param maxBytes the most bytes that the file may have
   * @throws {ModelUnavailable} when it is not there and cannot be fetched
   */
  async get(content: ContentId, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    return (await this.#fromDisk(content)) ?? (await this.#fromDx(content, maxBytes, signal));
  }

  /** Keeps a file from being removed, as often as it is called, until as many calls of what it returns. */
  hold(content: ContentId): () => void {
    this.#used.set(content, (this.#used.get(content) ?? 0) + 1);
    return () => {
      const left = (this.#used.get(content) ?? 1) - 1;
      if (left > 0) this.#used.set(content, left);
      else this.#used.delete(content);
    };
  }

  /** Removes what was not used for the longest time, until the rest fits. */
  async evict(): Promise<void> {
    const { folder, maxBytes, log } = this.#options;
    const files = await Promise.all(
      (await readdir(folder))
        .filter((name) => name.endsWith(suffix))
        .map(async (name) => {
          const { size, mtimeMs } = await stat(join(folder, name));
          return { name, size, mtimeMs };
        }),
    );
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size } of files.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (bytes <= maxBytes) return;
      if (this.#used.has(name.slice(0, -suffix.length))) continue;
      await rm(join(folder, name), { force: true });
      bytes -= size;
      log.info({ file: name, bytes: size }, 'removed a model that is not in use, to make room');
    }
  }

  async #fromDisk(content: ContentId): Promise<Uint8Array | undefined> {
    const file = this.#fileOf(content);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new ModelUnavailable(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
    }
    if ((await contentIdOf(bytes)) !== content) {
      this.#options.log.warn({ file }, 'a cached model is damaged; it is fetched again');
      await rm(file, { force: true });
      return undefined;
    }
    const now = new Date();
    await utimes(file, now, now);
    return bytes;
  }

  async #fromDx(content: ContentId, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const { dx, downloadTimeoutMs, log } = this.#options;
    log.info({ key: content, bytes: maxBytes }, 'fetching a model from Dx');
    let shownTenths = 0;
    let bytes: Uint8Array;
    try {
      bytes = await dx.download(content, {
        maxBytes,
        timeoutMs: downloadTimeoutMs,
        signal,
        onProgress: (progress) => {
          const tenths = Math.floor((10 * progress.bytes) / (progress.total ?? maxBytes));
          if (tenths <= shownTenths || tenths >= 10) return;
          shownTenths = tenths;
          log.info({ key: content, bytes: progress.bytes }, `fetching a model: ${tenths * 10} %`);
        },
      });
    } catch (error) {
      signal.throwIfAborted();
      throw new ModelUnavailable(`Its file ${content} cannot be fetched from Dx: ${messageOf(error)}`, {
        cause: error,
      });
    }
    await this.#keep(content, bytes);
    log.info({ key: content, bytes: bytes.length }, 'a model is fetched');
    return bytes;
  }

  /** A crash leaves the whole file or none under its name. */
  async #keep(content: ContentId, bytes: Uint8Array): Promise<void> {
    const temporary = join(this.#options.folder, `${content}.${crypto.randomUUID()}${unfinished}`);
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#fileOf(content));
    const release = this.hold(content);
    try {
      await this.evict();
    } finally {
      release();
    }
  }

  #fileOf(content: ContentId): string {
    // A content id is letters and digits; anything else must not become a path.
    if (!/^[a-z0-9]+$/.test(content)) throw new ModelUnavailable(`"${content}" is no content id.`);
    return join(this.#options.folder, `${content}${suffix}`);
  }
}
