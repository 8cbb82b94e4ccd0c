/** A version of the chain's runtime: encodes what it takes and decodes what it says, by its own metadata. */
import { expandMetadata, Metadata, TypeRegistry, type GenericChainProperties } from '@polkadot/types';
import type { DispatchError, EventRecord, RuntimeVersion } from '@polkadot/types/interfaces';
import type { Codec } from '@polkadot/types-codec/types';
import type { StorageEntry } from '@polkadot/types/primitive/types';
import { compactStripLength, stringCamelCase, u8aConcat } from '@polkadot/util';

import { bytesOf, hexOf } from './bytes.ts';
import type { RuntimeCall } from './calls.ts';
import { WrongChain } from './errors.ts';
import type { Constants, RuntimeApis, Storage } from './generated/chain.ts';
import { InvalidValue } from './identifiers.ts';
import { plain } from './plain.ts';
import type { Hex } from '../market/types.ts';

/** Metadata of version 15 describes the runtime APIs too; as an argument, little-endian. */
export const metadataCall = { method: 'Metadata_metadata_at_version', argument: '0x0f000000' } as const;

/** What a runtime is made from. */
export interface RuntimeSource {
  /** The answer to {@link metadataCall}. */
  readonly metadata: Hex;
  /** The answer of the runtime's `Core_version`, or to `state_getRuntimeVersion`. */
  readonly version: Hex | object;
  /** The answer to `system_properties`. */
  readonly properties: object;
}

/** An event with the transaction that caused it, if one did. */
export interface DecodedEvent {
  /** `pallet.Event`. */
  readonly name: string;
  readonly data: unknown;
  /** The index of the transaction in its block; `null` for what the block does by itself. */
  readonly transaction: number | null;
  /** Why the transaction failed, of the event that says so. */
  readonly dispatchError: DispatchError | null;
}

/** A runtime, as its metadata describes it. */
export class Runtime {
  readonly registry: TypeRegistry;
  readonly version: RuntimeVersion;
  readonly #decorated: ReturnType<typeof expandMetadata>;
  readonly #functions: ReadonlyMap<string, { readonly inputs: readonly string[]; readonly output: string }>;

  /** @throws {WrongChain} when it has no market */
  constructor({ metadata, version, properties }: RuntimeSource) {
    this.registry = new TypeRegistry();
    // An optional byte string: a byte that says it is there, then its length.
    const [, encoded] = compactStripLength(bytesOf(metadata).subarray(1));
    const decoded = new Metadata(this.registry, hexOf(encoded));
    this.registry.setChainProperties(this.registry.createTypeUnsafe<GenericChainProperties>('ChainProperties', [properties]));
    // Without a warning for the extensions that have nothing to encode and that this library does not know.
    this.registry.setMetadata(decoded, undefined, undefined, true);
    this.version = this.registry.createType('RuntimeVersion', version);
    this.#decorated = expandMetadata(this.registry, decoded);
    this.#functions = new Map(
      decoded.asLatest.apis.flatMap((api) =>
        api.methods.map((method) => [
          `${api.name.toString()}_${method.name.toString()}`,
          {
            inputs: method.inputs.map((input) => this.registry.createLookupType(input.type)),
            output: this.registry.createLookupType(method.output),
          },
        ]),
      ),
    );
    if (!this.#functions.has('MarketplaceApi_models')) {
      throw new WrongChain(
        `The chain's runtime ${this.version.specName.toString()} has no marketplace. Connect to an Airo chain.`,
      );
    }
  }

  /** The prefix of the chain's addresses. */
  get addressPrefix(): number {
    return this.registry.chainSS58 ?? 42;
  }

  /** The arguments of a function of a runtime API, encoded. */
  encodeArguments(name: string, args: readonly unknown[]): Hex {
    const { inputs } = this.#function(name);
    return hexOf(u8aConcat(...inputs.map((type, i) => this.registry.createTypeUnsafe(type, [args[i]]).toU8a())));
  }

  /** What a function of a runtime API answered. */
  decodeAnswer<Name extends keyof RuntimeApis>(name: Name, answer: Hex): RuntimeApis[Name]['result'] {
    return plain(this.decodeCodec(name, answer)) as RuntimeApis[Name]['result'];
  }

  /** What a function of any runtime API answered, as a codec. */
  decodeCodec(name: string, answer: Hex): Codec {
    return this.registry.createTypeUnsafe(this.#function(name).output, [bytesOf(answer)]);
  }

  constant<Name extends keyof Constants>(name: Name): Constants[Name] {
    const [pallet, constant] = split(name);
    const value = this.#decorated.consts[pallet]?.[constant];
    if (value === undefined) throw new WrongChain(`The chain has no constant ${name}.`);
    return plain(value) as Constants[Name];
  }

  /** The key of an entry of the storage; with fewer keys than the map has, the prefix of all that they select. */
  storageKey(name: keyof Storage, ...keys: readonly unknown[]): Hex {
    const entry = this.#entry(name);
    if (keys.length < keyCount(entry)) return hexOf(entry.keyPrefix(...keys));
    const [, key] = compactStripLength(entry(...keys));
    return hexOf(key);
  }

  /** The value of an entry of the storage. */
  decodeStorage<Name extends keyof Storage>(name: Name, value: Hex): Storage[Name]['value'] {
    const { type } = this.#entry(name).meta;
    const id = type.isMap ? type.asMap.value : type.asPlain;
    return plain(
      this.registry.createTypeUnsafe(this.registry.createLookupType(id), [bytesOf(value)]),
    ) as Storage[Name]['value'];
  }

  /** Where a block's events lie in the storage. */
  get eventsKey(): Hex {
    const entry = this.#decorated.query.system?.events;
    if (entry === undefined) throw new WrongChain('The chain keeps no events.');
    return hexOf(entry.keyPrefix());
  }

  /** The events of a block. */
  decodeEvents(value: Hex): DecodedEvent[] {
    const records = this.registry.createTypeUnsafe<Codec & Iterable<EventRecord>>('Vec<EventRecord>', [bytesOf(value)]);
    return [...records].map(({ event, phase }) => {
      const [first] = event.data;
      const name = `${event.section}.${event.method}`;
      return {
        name,
        data: eventData(event),
        transaction: phase.isApplyExtrinsic ? phase.asApplyExtrinsic.toNumber() : null,
        dispatchError: name === 'system.ExtrinsicFailed' ? (first as unknown as DispatchError) : null,
      };
    });
  }

  /** The hash of a header as JSON-RPC gives it. */
  headerHash(header: object): Hex {
    return this.registry.createType('Header', header).hash.toHex();
  }

  /**
   * A call ready to be signed; several become one that does all of them or none.
   *
   * @throws {InvalidValue} when a value of them cannot be encoded
   */
  call(calls: readonly RuntimeCall[]) {
    const made = calls.map(({ name, args }) => this.#make(name, args));
    const [only] = made;
    return made.length === 1 && only !== undefined ? only : this.#make('utility.batchAll', [made]);
  }

  #make(name: string, args: readonly unknown[]) {
    const [pallet, call] = split(name);
    const make = this.#decorated.tx[pallet]?.[call];
    if (make === undefined) throw new WrongChain(`The chain has no call ${name}.`);
    try {
      return make(...args);
    } catch (error) {
      throw new InvalidValue(`The call ${name} cannot be encoded: ${(error as Error).message}`, { cause: error });
    }
  }

  #entry(name: keyof Storage): StorageEntry {
    const [pallet, item] = split(name);
    const entry = this.#decorated.query[pallet]?.[item];
    if (entry === undefined) throw new WrongChain(`The chain keeps no ${name}.`);
    return entry;
  }

  #function(name: string) {
    const known = this.#functions.get(name);
    if (known === undefined) throw new WrongChain(`The chain has no runtime API ${name}.`);
    return known;
  }
}

/** An event's data as the generated types describe it. */
function eventData({ data, meta }: EventRecord['event']): unknown {
  const values = data.map((value) => plain(value));
  const names = meta.fields.map((field) => (field.name.isSome ? stringCamelCase(field.name.unwrap().toString()) : null));
  if (names.length === 0) return null;
  if (names.includes(null)) return values.length === 1 ? values[0] : values;
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}

function keyCount({ meta: { type } }: StorageEntry): number {
  return type.isMap ? type.asMap.hashers.length : 0;
}

function split(name: string): [string, string] {
  const [pallet = '', item = ''] = name.split('.');
  return [pallet, item];
}
