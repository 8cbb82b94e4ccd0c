/** Dx as its users see it: opaque bytes under the hash of the bytes. */

/** A content id as text: CID version 1, base32; raw up to 1 MiB, above that the root of a UnixFS DAG. */
export type ContentId = string;

export interface Progress {
  /** Bytes done, and in all where that is known. */
  readonly bytes: number;
  readonly total?: number;
}

export interface UploadOptions {
  /** The key that the data must have; another one is refused with `WrongKey`, and nothing is stored. */
  readonly key?: ContentId;
  /** How many other peers must hold it; 2 by default, or all that there are if these are fewer. */
  readonly replicas?: number;
  /** How long it may take, in milliseconds; 60,000 by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Uploaded {
  readonly key: ContentId;
  /** The ids of the other peers that confirmed that they hold it. */
  readonly holders: readonly string[];
}

export interface DownloadOptions {
  /** The most bytes to take; more is refused with `TooLarge` as soon as it is known. 256 MiB by default. */
  readonly maxBytes?: number;
  /** How long it may take, in milliseconds; 60,000 by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Where payloads, results and models are put and fetched. */
export interface Dx {
  /**
   * Puts data on the network.
   *
   * @throws {WrongKey} the data has another content id than the one named
   * @throws {NotReplicated} too few other peers hold it after the deadline
   */
  upload(data: Uint8Array, options?: UploadOptions): Promise<Uploaded>;
  /**
   * Fetches data and checks every block against its hash.
   *
   * @throws {NotFound} nobody gave it before the deadline
   * @throws {Corrupt} what was given does not have this content id
   * @throws {TooLarge} it is larger than `maxBytes`
   * @throws {InvalidKey} the key is no content id of Dx
   */
  download(key: ContentId, options?: DownloadOptions): Promise<Uint8Array>;
}
