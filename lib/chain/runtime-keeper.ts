/** The runtime that the chain has now: after an upgrade, another one. */
import type { Connection } from './connection.ts';
import { metadataCall, Runtime } from './runtime.ts';
import { pause } from './waiting.ts';
import type { Hex } from '../market/types.ts';

interface Version {
  readonly specVersion: number;
  readonly transactionVersion: number;
}

const runtimeVersion = {
  type: 'state_runtimeVersion',
  subscribe: 'state_subscribeRuntimeVersion',
  unsubscribe: 'state_unsubscribeRuntimeVersion',
} as const;

/** The pause before a runtime that is not there yet is asked for again, in milliseconds. */
const againMs = 500;

/** Keeps the runtime, and replaces it when the chain says that it has another. */
export class RuntimeKeeper {
  readonly #connection: Connection;
  #current: Runtime;
  /** The version that the chain has told of last. */
  #told: number | null = null;

  private constructor(connection: Connection, first: Runtime) {
    this.#connection = connection;
    this.#current = first;
  }

  /**
   * Reads the runtime, and follows its upgrades from now on.
   *
   * @throws {ChainUnavailable} when the chain does not answer; {@link WrongChain} when its runtime has no market
   */
  static async start(connection: Connection, signal?: AbortSignal): Promise<RuntimeKeeper> {
    const keeper = new RuntimeKeeper(connection, await load(connection, signal));
    await connection.subscribe<Version>(runtimeVersion, [], (error, version) => {
      if (error === null) void keeper.#upgrade(version);
    });
    return keeper;
  }

  get current(): Runtime {
    return this.#current;
  }

  async #upgrade({ specVersion }: Version): Promise<void> {
    this.#told = specVersion;
    try {
      // A light client tells of a version before the block that brings it is the one whose runtime it calls.
      while (this.#told === specVersion && !this.#current.version.specVersion.eq(specVersion)) {
        const next = await load(this.#connection);
        if (next.version.specVersion.eq(specVersion)) this.#current = next;
        else await pause(againMs, this.#connection.closed);
      }
    } catch {
      // With the old runtime, calls are refused by name. The chain says its version again after each reconnection.
    }
  }
}

/** The version comes first: what is read after it is not older. */
async function load(connection: Connection, signal?: AbortSignal): Promise<Runtime> {
  const version = await connection.request<Hex>('state_call', ['Core_version', '0x'], { signal });
  const [metadata, properties] = await Promise.all([
    connection.request<Hex>('state_call', [metadataCall.method, metadataCall.argument], { signal }),
    connection.request<object>('system_properties', [], { signal }),
  ]);
  return new Runtime({ metadata, version, properties });
}
