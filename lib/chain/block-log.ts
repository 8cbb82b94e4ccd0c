/** Which transactions are in the newest blocks. */
import type { Connection } from './connection.ts';
import type { Header } from './heads.ts';
import type { Place } from './inclusion.ts';
import type { Block } from '../market/chain.ts';
import type { Hex } from '../market/types.ts';

interface LoggedBlock {
  readonly block: Block;
  readonly parent: Hex;
  /** The index of each transaction, by its bytes. */
  readonly transactions: ReadonlyMap<Hex, number>;
}

interface SignedBlock {
  readonly block: { readonly header: Header; readonly extrinsics: readonly Hex[] };
}

/** More blocks than the longest era of a transaction, which bounds how far back one is looked for. */
const kept = 512;

/** Blocks that were looked at, so that many transactions that wait read each block once. */
export class BlockLog {
  readonly #connection: Connection;
  readonly #blocks = new Map<Hex, Promise<LoggedBlock | null>>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Looks for a transaction in the chain that ends with `best`, back to the block of the number `from`.
   *
   * @param bytes the signed transaction, encoded
   * @returns where it is, `null` if it is not there, `undefined` if the node does not have all of these blocks
   * @throws {ChainUnavailable} when the chain does not answer
   */
  async find(bytes: Hex, best: Block, from: number): Promise<Place | null | undefined> {
    let { hash, number } = best;
    while (number >= from && number > 0) {
      const logged = await this.#read(hash);
      if (logged === null) return undefined;
      const index = logged.transactions.get(bytes);
      if (index !== undefined) return { block: logged.block, index };
      ({ parent: hash } = logged);
      number -= 1;
    }
    return null;
  }

  #read(hash: Hex): Promise<LoggedBlock | null> {
    const known = this.#blocks.get(hash);
    if (known !== undefined) return known;
    const reading = this.#request(hash);
    this.#blocks.set(hash, reading);
    // A block that could not be read is asked for again.
    reading.then(
      (block) => block ?? this.#blocks.delete(hash),
      () => this.#blocks.delete(hash),
    );
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > kept && oldest !== undefined) this.#blocks.delete(oldest);
    return reading;
  }

  async #request(hash: Hex): Promise<LoggedBlock | null> {
    const signed = await this.#connection.request<SignedBlock | null>('chain_getBlock', [hash]);
    if (signed === null) return null;
    const { header, extrinsics } = signed.block;
    return {
      block: { number: Number(header.number), hash },
      parent: header.parentHash,
      transactions: new Map(extrinsics.map((bytes, index) => [bytes, index])),
    };
  }
}
