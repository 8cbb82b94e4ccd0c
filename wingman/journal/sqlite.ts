/** The journal in SQLite: what the engine must remember over a crash, and the settings that came through the API. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';

import type { Decision, Execution, ExecutionStage, Journal } from '../../lib/provider/ports.ts';
import { JournalUnusable, messageOf } from '../errors.ts';
import {
  decisionOf,
  executionOf,
  parametersOfDecision,
  parametersOfExecution,
  type DecisionRow,
  type ExecutionRow,
} from './rows.ts';
import { migrate } from './schema.ts';
import { GroupWriter } from './writer.ts';

/** How many measured times are kept for each version of a model. */
const keptTimings = 100;

/** The stages in which nothing happens to an execution any more. */
const finalStages: readonly ExecutionStage[] = ['answered', 'failed', 'missed'];

export interface ExecutionFilter {
  readonly agreement?: number | undefined;
  readonly stage?: ExecutionStage | undefined;
  /** Only those that were seen before the one with this place; see {@link SqliteJournal.executionPage}. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface DecisionFilter {
  readonly order?: number | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** An entry with its place in the journal, by which pages go on. */
export interface Placed<T> {
  readonly place: number;
  readonly entry: T;
}

/** A setting that came through the API, and what the configuration file said at that time. */
export interface StoredSetting {
  readonly key: string;
  readonly value: string;
  readonly over: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** A {@link Journal} in one SQLite file. */
export class SqliteJournal implements Journal {
  readonly #database: DatabaseSync;
  readonly #writer: GroupWriter;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Opens the file, makes it if there is none, and brings it to the newest version.
   *
   * @throws {JournalUnusable} when it is of a newer Wingman, or is no journal
   */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    try {
      // FULL waits for the disk at each commit: an answer that was journalled is still there after a power cut.
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
      migrate(this.#database, file);
    } catch (error) {
      this.#database.close();
      if (error instanceof JournalUnusable) throw error;
      throw new JournalUnusable(
        `${file} cannot be used as journal: ${messageOf(error)}. Restore it from a backup, or move it away to begin a ` +
          'new one; what is on the chain is found again.',
        { cause: error },
      );
    }
    this.#writer = new GroupWriter(this.#database, file !== ':memory:');
  }

  async saveDecision(decision: Decision): Promise<void> {
    await this.#write(
      `INSERT INTO decisions ("order", at, block, action, price, rule, reason, result, error)
       VALUES (:order, :at, :block, :action, :price, :rule, :reason, :result, :error)
       ON CONFLICT ("order", at) DO UPDATE SET block = excluded.block, action = excluded.action,
         price = excluded.price, rule = excluded.rule, reason = excluded.reason, result = excluded.result,
         error = excluded.error`,
      parametersOfDecision(decision),
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, SQLite is not
  async decisions(filter: { readonly order?: number; readonly limit: number }): Promise<readonly Decision[]> {
    return this.decisionPage(filter).map(({ entry }) => entry);
  }

  /** Decisions with their places, the newest first. */
  decisionPage({ order, before, limit }: DecisionFilter): Placed<Decision>[] {
    const rows = this.#all<DecisionRow>(
      `SELECT * FROM decisions WHERE (:order IS NULL OR "order" = :order) AND (:before IS NULL OR sequence < :before)
       ORDER BY sequence DESC LIMIT :limit`,
      { order: order ?? null, before: before ?? null, limit },
    );
    return rows.map((row) => ({ place: row.sequence, entry: decisionOf(row) }));
  }

  async saveExecution(execution: Execution): Promise<void> {
    await this.#write(
      `INSERT INTO executions (agreement, "index", payload, stage, times, content, commitment, failure, reason, changed)
       VALUES (:agreement, :index, :payload, :stage, :times, :content, :commitment, :failure, :reason, :changed)
       ON CONFLICT (agreement, "index") DO UPDATE SET payload = excluded.payload, stage = excluded.stage,
         times = excluded.times, content = excluded.content, commitment = excluded.commitment,
         failure = excluded.failure, reason = excluded.reason, changed = excluded.changed`,
      { ...parametersOfExecution(execution), changed: Date.now() },
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, SQLite is not
  async execution(agreement: number, index: number): Promise<Execution | null> {
    const [row] = this.#all<ExecutionRow>(
      'SELECT * FROM executions WHERE agreement = :agreement AND "index" = :index',
      {
        agreement,
        index,
      },
    );
    return row === undefined ? null : executionOf(row);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, SQLite is not
  async executions(filter: {
    readonly agreement?: number;
    readonly stage?: ExecutionStage;
    readonly limit: number;
  }): Promise<readonly Execution[]> {
    return this.executionPage(filter).map(({ entry }) => entry);
  }

  /** Executions with their places, the newest first. */
  executionPage({ agreement, stage, before, limit }: ExecutionFilter): Placed<Execution>[] {
    const rows = this.#all<ExecutionRow>(
      `SELECT * FROM executions WHERE (:agreement IS NULL OR agreement = :agreement)
         AND (:stage IS NULL OR stage = :stage) AND (:before IS NULL OR sequence < :before)
       ORDER BY sequence DESC LIMIT :limit`,
      { agreement: agreement ?? null, stage: stage ?? null, before: before ?? null, limit },
    );
    return rows.map((row) => ({ place: row.sequence, entry: executionOf(row) }));
  }

  async saveTiming(model: number, version: number, ms: number): Promise<void> {
    await this.#writer.write(() => {
      this.#run('INSERT INTO timings (model, version, ms) VALUES (:model, :version, :ms)', { model, version, ms });
      this.#run(
        `DELETE FROM timings WHERE model = :model AND version = :version AND sequence <=
           (SELECT sequence FROM timings WHERE model = :model AND version = :version
            ORDER BY sequence DESC LIMIT 1 OFFSET ${keptTimings})`,
        { model, version },
      );
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, SQLite is not
  async timings(model: number, version: number, limit: number): Promise<readonly number[]> {
    const rows = this.#all<{ ms: number }>(
      'SELECT ms FROM timings WHERE model = :model AND version = :version ORDER BY sequence DESC LIMIT :limit',
      { model, version, limit },
    );
    return rows.map(({ ms }) => ms);
  }

  settings(): StoredSetting[] {
    return this.#all<StoredSetting>('SELECT key, value, over, at FROM settings', {}).map((row) => ({ ...row }));
  }

  /** Stores settings, all of them or none. */
  async saveSettings(settings: readonly StoredSetting[]): Promise<void> {
    await this.#writer.write(() => {
      for (const setting of settings) {
        this.#run('INSERT OR REPLACE INTO settings (key, value, over, at) VALUES (:key, :value, :over, :at)', {
          ...setting,
        });
      }
    });
  }

  async removeSettings(keys: readonly string[]): Promise<void> {
    await this.#writer.write(() => {
      for (const key of keys) this.#run('DELETE FROM settings WHERE key = :key', { key });
    });
  }

  /**
   * Notes which chain this journal is about, by its genesis hash. Another chain counts its agreements from 0 as well, and
   * would be taken to have been answered already.
   *
   * @throws {JournalUnusable} when it is about another chain
   */
  async claimChain(genesis: string): Promise<void> {
    const [claimed] = this.#all<{ genesis: string }>('SELECT genesis FROM chain', {});
    if (claimed === undefined) await this.#write('INSERT INTO chain (genesis) VALUES (:genesis)', { genesis });
    else if (claimed.genesis !== genesis) {
      throw new JournalUnusable(
        `The base path belongs to the chain with the genesis hash ${claimed.genesis}, and the chain that answers has ` +
          `${genesis}. Use another base path for it, or connect to the right chain (chain.urls).`,
      );
    }
  }

  /**
   * Removes decisions, and executions that have ended, from before a time in milliseconds since 1970.
   *
   * @returns how many entries were removed
   */
  async prune(before: number): Promise<number> {
    let removed = 0;
    await this.#writer.write(() => {
      const stages = finalStages.map((stage) => `'${stage}'`).join(', ');
      removed = this.#run('DELETE FROM decisions WHERE at < :before', { before });
      removed += this.#run(`DELETE FROM executions WHERE stage IN (${stages}) AND changed < :before`, { before });
    });
    return removed;
  }

  /** Writes what still waits, and closes the file. */
  close(): void {
    this.#writer.flush();
    this.#statements.clear();
    this.#database.close();
  }

  #write(sql: string, parameters: Parameters): Promise<void> {
    return this.#writer.write(() => this.#run(sql, parameters));
  }

  #run(sql: string, parameters: Parameters): number {
    return Number(this.#statement(sql).run(parameters).changes);
  }

  #all<Row>(sql: string, parameters: Parameters): Row[] {
    return this.#statement(sql).all(parameters) as Row[];
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

type Parameters = Record<string, string | number | null>;
