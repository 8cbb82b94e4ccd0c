/**
 * TypeScript types out of a runtime's metadata, for the plain values that `lib/chain/plain.ts` makes of what the chain
 * says. `@polkadot/typegen` describes codec objects instead, for the whole runtime, by augmenting modules in which the
 * types of another chain remain: neither small nor exact.
 */
import { Metadata, TypeRegistry } from '@polkadot/types';
import type { PortableType } from '@polkadot/types/interfaces';
import { stringCamelCase, stringPascalCase } from '@polkadot/util';
import { format, resolveConfig } from 'prettier';

import { root } from '../lib/paths.ts';

type Lookup = TypeRegistry['lookup'];
type TypeId = Parameters<Lookup['getSiType']>[0];
type Definition = PortableType['type'];

/** Names by pallet, all with a small first letter as in `@polkadot/api` but for events. */
type Selected = Readonly<Record<string, readonly string[] | 'all'>>;

/** What of the runtime to write types of. */
export interface Selection {
  /** The names of runtime APIs, each as a whole. */
  readonly runtimeApis: readonly string[];
  readonly calls: Selected;
  readonly events: Selected;
  readonly storage: Selected;
  readonly constants: Selected;
  /** The pallets whose errors are named. */
  readonly errors: readonly string[];
}

const header = `/**
 * Made from the runtime's metadata by scripts/chain/make-types.ts; do not edit. These are the plain values that
 * ../plain.ts makes of what the chain says and that calls take. Fields that the chain encodes as u64 or u128 are bigint.
 */
/** Bytes in hexadecimal after \`0x\`. */
export type Hex = \`0x\${string}\`;
/** An account's address in SS58. */
export type Address = string;
`;

/**
 * Writes the types of the selected parts of a runtime.
 *
 * @param metadataHex the metadata with its version's prefix, version 15 or newer
 * @throws when something selected is not there, or has a type that no rule covers
 */
export async function typesOf(metadataHex: `0x${string}`, selection: Selection): Promise<string> {
  const registry = new TypeRegistry();
  const metadata = new Metadata(registry, metadataHex);
  registry.setMetadata(metadata, undefined, undefined, true);
  const { apis, pallets } = metadata.asLatest;
  const types = new TypeWriter(registry.lookup);
  const sections: string[] = [];
  const section = (name: string, docs: string, entries: readonly string[]) => {
    sections.push(`/** ${docs} */\nexport interface ${name} {\n${entries.join('\n')}\n}`);
  };
  const palletOf = (name: string) => {
    const pallet = pallets.find((each) => stringCamelCase(each.name.toString()) === name);
    if (pallet === undefined) throw new Error(`The runtime has no pallet ${name}.`);
    return pallet;
  };
  const variantsOf = (type: TypeId) => registry.lookup.getSiType(type).def.asVariant.variants;

  const runtimeApis = selection.runtimeApis.flatMap((name) => {
    const api = apis.find((each) => each.name.toString() === name);
    if (api === undefined) throw new Error(`The runtime has no API ${name}.`);
    return api.methods.map((method) => {
      const params = types.arguments(method.inputs.map((input) => [input.name.toString(), input.type]));
      return `'${name}_${method.name.toString()}': { readonly params: ${params}; readonly result: ${types.name(method.output)} };`;
    });
  });
  const calls = entriesOf(
    selection.calls,
    (pallet) => variantsOf(palletOf(pallet).calls.unwrap().type),
    (variant) => stringCamelCase(variant.name.toString()),
    ({ fields }) => types.arguments(fields.map((field) => [field.name.unwrap().toString(), field.type])),
  );
  const events = entriesOf(
    selection.events,
    (pallet) => variantsOf(palletOf(pallet).events.unwrap().type),
    (variant) => variant.name.toString(),
    (variant) => types.fields(variant.fields),
  );
  const storage = entriesOf(
    selection.storage,
    (pallet) => palletOf(pallet).storage.unwrap().items,
    (item) => stringCamelCase(item.name.toString()),
    ({ type }) => {
      const value = type.isMap ? type.asMap.value : type.asPlain;
      const keys = type.isMap ? types.keys(type.asMap.key, type.asMap.hashers.length) : [];
      return `{ readonly keys: readonly [${keys.join(', ')}]; readonly value: ${types.name(value)} }`;
    },
  );
  const constants = entriesOf(
    selection.constants,
    (pallet) => palletOf(pallet).constants,
    (constant) => stringCamelCase(constant.name.toString()),
    (constant) => types.name(constant.type),
  );

  section('RuntimeApis', 'The functions of the runtime APIs: what they take and what they answer.', runtimeApis);
  section('Calls', 'The calls of the pallets, with their arguments.', calls);
  section('Events', 'The events of the pallets.', events);
  section('Storage', "The pallets' storage: the keys of an entry, and its value.", storage);
  section('Constants', "The pallets' constants.", constants);
  const errors = selection.errors.flatMap((name) =>
    variantsOf(palletOf(name).errors.unwrap().type).map((variant) => `'${name}.${variant.name.toString()}'`),
  );
  sections.push(`/** The errors of the market's pallets. */\nexport type ErrorName = ${errors.join(' | ')};`);

  const text = [header, ...types.declarations(), ...sections].join('\n\n');
  return format(text, { ...(await resolveConfig(`${root}/lib/chain/generated/chain.ts`)), parser: 'typescript' });
}

/** The entries of an interface for what is selected of each pallet, or for all that it has. */
function entriesOf<T>(
  selected: Selected,
  itemsOf: (pallet: string) => Iterable<T>,
  nameOf: (item: T) => string,
  typeOf: (item: T) => string,
): string[] {
  return Object.entries(selected).flatMap(([pallet, wanted]) => {
    const chosen = [...itemsOf(pallet)].filter((item) => wanted === 'all' || wanted.includes(nameOf(item)));
    if (wanted !== 'all' && chosen.length < wanted.length) {
      throw new Error(`The pallet ${pallet} has not all of ${wanted.join(', ')}.`);
    }
    return chosen.map((item) => `'${pallet}.${nameOf(item)}': ${typeOf(item)};`);
  });
}

/** Names the TypeScript types of a metadata's types, and keeps the declarations that these names need. */
class TypeWriter {
  readonly #lookup: Lookup;
  readonly #declared = new Map<string, { readonly id: string; text: string }>();

  constructor(lookup: Lookup) {
    this.#lookup = lookup;
  }

  declarations(): string[] {
    return [...this.#declared].sort(([a], [b]) => a.localeCompare(b)).map(([, { text }]) => text);
  }

  /** The arguments of a call or a function. */
  arguments(named: readonly (readonly [string, TypeId])[]): string {
    return `readonly [${named.map(([name, type]) => `${stringCamelCase(name)}: ${this.name(type)}`).join(', ')}]`;
  }

  /** The types of a storage map's keys. */
  keys(type: TypeId, count: number): string[] {
    if (count === 1) return [this.name(type)];
    return this.#lookup.getSiType(type).def.asTuple.map((each) => this.name(each));
  }

  /** The fields of a struct, or of a variant. */
  fields(fields: Definition['def']['asComposite']['fields']): string {
    if (fields.length === 0) return 'null';
    if (fields.every((field) => field.name.isNone)) {
      if (fields.length === 1 && fields[0] !== undefined) return this.name(fields[0].type);
      return `readonly [${fields.map((field) => this.name(field.type)).join(', ')}]`;
    }
    const named = fields.map(
      (field) => `readonly ${stringCamelCase(field.name.unwrap().toString())}: ${this.name(field.type)};`,
    );
    return `{ ${named.join(' ')} }`;
  }

  name(id: TypeId): string {
    const { def, path, params } = this.#lookup.getSiType(id);
    const last = shortName(path.map((segment) => segment.toString()));
    if (def.isPrimitive) return primitive(def.asPrimitive.type);
    if (def.isCompact) return this.name(def.asCompact.type);
    if (def.isSequence) return this.#list(def.asSequence.type);
    if (def.isArray) return this.#list(def.asArray.type);
    if (def.isTuple) {
      const members = def.asTuple.map((member) => this.name(member));
      return members.length === 0 ? 'null' : `readonly [${members.join(', ')}]`;
    }
    const known = knownTypes[last];
    if (known !== undefined) return known;
    if (last === 'Option' && params[0] !== undefined) return `${this.name(params[0].type.unwrap())} | null`;
    if (def.isComposite) {
      const { fields } = def.asComposite;
      if (fields.every((field) => field.name.isNone)) return this.fields(fields);
      return this.#declare(last, id, (name) => `export interface ${name} ${this.fields(fields)}`);
    }
    if (def.isVariant) {
      const alternatives = def.asVariant.variants.map(({ name, fields }) =>
        fields.length === 0 ? `'${name.toString()}'` : `{ readonly ${name.toString()}: ${this.fields(fields)} }`,
      );
      return this.#declare(last, id, (name) => `export type ${name} = ${alternatives.join(' | ')};`);
    }
    throw new Error(`No rule for the type ${path.join('::')} (${def.type}).`);
  }

  #list(element: TypeId): string {
    const { def } = this.#lookup.getSiType(element);
    if (def.isPrimitive && def.asPrimitive.isU8) return 'Hex';
    const name = this.name(element);
    return /\||^readonly/.test(name) ? `readonly (${name})[]` : `readonly ${name}[]`;
  }

  #declare(name: string, id: TypeId, text: (name: string) => string): string {
    const known = this.#declared.get(name);
    if (known !== undefined) {
      if (known.id !== id.toString()) throw new Error(`Two types of the runtime are called ${name}.`);
      return name;
    }
    // Known before its text is made, for types that contain themselves.
    const entry = { id: id.toString(), text: '' };
    this.#declared.set(name, entry);
    entry.text = text(name);
    return name;
  }
}

/** The last part of a type's path; of a type that each pallet has under the same name, with the pallet's name. */
function shortName(path: readonly string[]): string {
  const last = path.at(-1) ?? '';
  return last === 'HoldReason' ? `${stringPascalCase((path[0] ?? '').replace('pallet_', ''))}${last}` : last;
}

/** Types that are made of others on the chain, but are one thing here. */
const knownTypes: Readonly<Record<string, string>> = {
  AccountId32: 'Address',
  MultiAddress: 'Address',
  H256: 'Hex',
  Perbill: 'number',
};

function primitive(type: string): string {
  if (type === 'Bool') return 'boolean';
  if (type === 'Str') return 'string';
  if (/^[UI](?:8|16|32)$/.test(type)) return 'number';
  if (/^[UI](?:64|128|256)$/.test(type)) return 'bigint';
  throw new Error(`No rule for the primitive type ${type}.`);
}
