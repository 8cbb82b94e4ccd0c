/** What the chain says, as plain values; the types of `generated/chain.ts` describe exactly these. */
import { GenericAccountId, GenericMultiAddress } from '@polkadot/types';
import { AbstractArray, AbstractInt, bool, Compact, Enum, Null, Option, Raw, Struct, Text } from '@polkadot/types-codec';
import type { Codec } from '@polkadot/types-codec/types';

/** Integers up to this many bits are numbers, wider ones bigint. */
const numberBits = 32;

/**
 * Turns a decoded value into plain ones: structs into objects, enums into the variant's name or an object with it as the
 * only key, options into the value or `null`, accounts into SS58, bytes into hexadecimal, wide integers into bigint.
 */
export function plain(value: Codec): unknown {
  if (value instanceof Option) return value.isSome ? plain(value.unwrap() as Codec) : null;
  if (value instanceof Compact) return plain(value.unwrap() as Codec);
  if (value instanceof AbstractInt) return value.bitLength() <= numberBits ? value.toNumber() : value.toBigInt();
  if (value instanceof bool) return value.isTrue;
  if (value instanceof GenericAccountId || value instanceof Text) return value.toString();
  // A call names an account by one of several kinds of addresses; ours is always the account itself.
  if (value instanceof GenericMultiAddress && value.type === 'Id') return value.inner.toString();
  if (value instanceof Raw) return value.toHex();
  if (value instanceof Null) return null;
  if (value instanceof Enum) return value.isNone ? value.type : { [value.type]: plain(value.inner) };
  if (value instanceof Struct) {
    return Object.fromEntries([...value.entries()].map(([key, field]) => [fieldName(String(key)), plain(field)]));
  }
  if (value instanceof AbstractArray) return [...value].map((element) => plain(element as Codec));
  throw new Error(`No rule for a value of the type ${value.toRawType()}.`);
}

/** `@polkadot/types` renames fields that would hide members of its own: `size` to `size_`. */
function fieldName(name: string): string {
  return name.endsWith('_') ? name.slice(0, -1) : name;
}
