/** The runtime that the chain has now: after an upgrade, another one. */
import type { Connection } from './connection.ts';
import { metadataCall, Runtime } from './runtime.ts';
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

/** Keeps the runtime, and replaces it when the chain says that it has another. */
export class RuntimeKeeper {
  readonly #connection: Connection;
  #current: Runtime;

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
    if (this.#current.version.specVersion.eq(specVersion)) return;
    try {
      this.#current = await load(this.#connection);
    } catch {
      // With the old runtime, calls are refused by name. The chain says its version again after each reconnection.
    }
  }
}

async function load(connection: Connection, signal?: AbortSignal): Promise<Runtime> {
  const [version, metadata, properties] = await Promise.all([
    connection.request<Hex>('state_call', ['Core_version', '0x'], { signal }),
    connection.request<Hex>('state_call', [metadataCall.method, metadataCall.argument], { signal }),
    connection.request<object>('system_properties', [], { signal }),
  ]);
  return new Runtime({ metadata, version, properties });
}
