/** What a command is: a table entry that says how it is written, and what it does. */
import type { HeadFollower, MarketReads } from '../lib/market/chain.ts';
import type { Hex } from '../lib/market/types.ts';
import type { Ports } from '../lib/consumer/ports.ts';
import type { Dx } from '../lib/dx/types.ts';
import type { OptionTable, Parsed, Positional } from '../scripts/lib/options.ts';
import type { Output } from './output.ts';

/** The chain, for commands that need no account. */
export interface ReadChain extends MarketReads, HeadFollower {
  readonly genesisHash: Hex;
}

/** What a command works with. Connections open when they are first asked for, and are closed at the end. */
export interface Context {
  readonly out: Output;
  /** Aborts when the command is to end early, by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whether transactions are waited for until they are final. */
  readonly until: 'inBestBlock' | 'finalized';
  chain(): Promise<ReadChain>;
  dx(): Promise<Dx>;
  /** Chain with account, and what is remembered. Dx is connected when it is first used. */
  ports(): Promise<Ports>;
  /**
   * Notes what will still be there if the command ends early, and how to go on; returns how to take that back.
   *
   * @param what such as `order 3 is still open: airo cancel 3`
   */
  remains(what: string): () => void;
  /** Does something once the result has been written out, and not if it never is. */
  afterwards(done: () => Promise<void>): void;
}

/** Which options every command of a kind has. */
export type Need = 'chain' | 'account' | 'dx';

export interface Command<T extends OptionTable = OptionTable> {
  /** One word, or two: `model register`. */
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  /** What is worth knowing beyond it. */
  readonly details?: string;
  readonly positionals: readonly Positional[];
  readonly options: T;
  readonly needs: readonly Need[];
  /** An example, without the name of the program. */
  readonly example: string;
  /** Does it; the result is the JSON document, in which amounts become strings. */
  readonly run: (context: Context, given: Given<T>) => Promise<unknown>;
}

export interface Given<T extends OptionTable> {
  readonly options: Parsed<T>['options'];
  readonly args: readonly string[];
}

/** A command as the table of all commands holds it: its options were checked against its own table. */
export function defineCommand<const T extends OptionTable>(command: Command<T>): Command {
  return command as unknown as Command;
}

/** A command that has a result, and has failed all the same: its document is printed before the message. */
export class PartialFailure extends Error {
  override readonly name = 'PartialFailure';
  readonly document: unknown;

  constructor(message: string, document: unknown) {
    super(message);
    this.document = document;
  }
}
