/** Changes of inputs: of their bytes, of numbers in them such as lengths, and of the JSON in them. */
import fc from 'fast-check';

import type { JsonPart } from './target.ts';

/** Places are taken modulo the length of the input, so that every edit fits every input. */
type ByteEdit =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'set'; readonly at: number; readonly value: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'remove'; readonly at: number; readonly length: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number; readonly times: number }
  | { readonly kind: 'splice'; readonly at: number; readonly from: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | {
      readonly kind: 'number';
      readonly at: number;
      readonly value: bigint;
      readonly bytes: number;
      readonly big: boolean;
    };

type JsonEdit =
  | { readonly kind: 'json-replace'; readonly node: number; readonly json: string }
  | { readonly kind: 'json-remove'; readonly node: number }
  | { readonly kind: 'json-rename'; readonly node: number; readonly name: string }
  | { readonly kind: 'json-copy'; readonly node: number; readonly from: number };

export type Edit = ByteEdit | JsonEdit;

const place = fc.nat({ max: 2 ** 31 - 1 });
const shortLength = fc.integer({ min: 1, max: 32 });
/** Where lengths and counters overflow, and around it. */
const numbers = [0n, 1n, 127n, 128n, 255n, 256n, 2n ** 15n, 2n ** 16n - 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n];
const wideNumbers = [2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];

const byteEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat({ max: 7 }) }),
  fc.record({ kind: fc.constant('set' as const), at: place, value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff) }),
  fc.record({ kind: fc.constant('cut' as const), at: place }),
  fc.record({ kind: fc.constant('remove' as const), at: place, length: shortLength }),
  fc.record({
    kind: fc.constant('repeat' as const),
    at: place,
    length: shortLength,
    times: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 8 }) },
      { weight: 1, arbitrary: fc.constant(2_000) },
    ),
  }),
  fc.record({ kind: fc.constant('splice' as const), at: place, from: place, length: fc.integer({ min: 1, max: 256 }) }),
  fc.record({ kind: fc.constant('insert' as const), at: place, bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }) }),
  fc.record({
    kind: fc.constant('number' as const),
    at: place,
    value: fc.constantFrom(...numbers, ...wideNumbers),
    bytes: fc.constantFrom(1, 2, 4, 8),
    big: fc.boolean(),
  }),
);

/** What a reader of JSON may not expect: other types, the ends of ranges, names that objects inherit, broken text. */
const oddJson = [
  ...['null', 'true', '0', '-0', '-1', '1.5', '1e308', '1e-320', '9007199254740991', '9007199254740993', '1e400'],
  ...['4294967295', '4294967296', '10000000', '""', '"\\ud800"', '"\\u0000"', '"0"', '"-1"', '"__proto__"', '"0x"'],
  ...['[]', '{}', '[[[[]]]]', '[null]', '{"toString":1,"valueOf":1}', '{"__proto__":{"a":1}}', '{"length":4294967295}'],
  `"${'x'.repeat(5_000)}"`,
  `${'['.repeat(3_000)}${']'.repeat(3_000)}`,
];
const oddNames = ['', '__proto__', 'constructor', 'toString', 'length', '0', 'x'.repeat(5_000), '\ud800'];

const jsonEdit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('json-replace' as const),
      node: place,
      json: fc.oneof(fc.constantFrom(...oddJson), fc.json({ maxDepth: 2 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('json-remove' as const), node: place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('json-rename' as const),
      node: place,
      name: fc.constantFrom(...oddNames),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('json-copy' as const), node: place, from: place }) },
);

/** Up to six edits. An input with JSON is changed as JSON, which leaves it JSON, as bytes, or as both. */
export function edits(hasJson: boolean): fc.Arbitrary<readonly Edit[]> {
  const ofBytes = fc.array(byteEdit, { minLength: 1, maxLength: 6 });
  if (!hasJson) return ofBytes;
  const ofJson = fc.array(jsonEdit, { minLength: 1, maxLength: 4 });
  const ofBoth = fc.array(fc.oneof(byteEdit, jsonEdit), { minLength: 1, maxLength: 6 });
  return fc.oneof(
    { weight: 3, arbitrary: ofJson },
    { weight: 2, arbitrary: ofBytes },
    { weight: 1, arbitrary: ofBoth },
  );
}

/**
 * The input after these edits.
 *
 * @param donor where spliced parts come from
 */
export function applyEdits(
  sample: Uint8Array,
  donor: Uint8Array,
  list: readonly Edit[],
  json: JsonPart | undefined,
): Uint8Array {
  return list.reduce<Uint8Array>(
    (bytes, edit) => ('node' in edit ? applyToJson(bytes, edit, json) : applyToBytes(bytes, donor, edit)),
    sample,
  );
}

function applyToBytes(bytes: Uint8Array, donor: Uint8Array, edit: ByteEdit): Uint8Array {
  const at = edit.at % (bytes.length + 1);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (edit.kind) {
    case 'flip':
      return joined(
        head,
        tail.slice(0, 1).map((byte) => byte ^ (1 << edit.bit)),
        tail.subarray(1),
      );
    case 'set':
      return joined(head, tail.slice(0, 1).fill(edit.value), tail.subarray(1));
    case 'cut':
      return head;
    case 'remove':
      return joined(head, tail.subarray(edit.length));
    case 'repeat':
      return joined(head, ...new Array<Uint8Array>(edit.times).fill(tail.subarray(0, edit.length)), tail);
    case 'splice': {
      const from = edit.from % (donor.length + 1);
      return joined(head, donor.subarray(from, from + edit.length), tail);
    }
    case 'insert':
      return joined(head, edit.bytes, tail);
    case 'number': {
      const written = new Uint8Array(8);
      new DataView(written.buffer).setBigUint64(0, edit.value, edit.big ? false : true);
      const part = edit.big ? written.subarray(8 - edit.bytes) : written.subarray(0, edit.bytes);
      return joined(head, part.subarray(0, tail.length), tail.subarray(edit.bytes));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** An object or an array, and the name of something in it. */
interface Slot {
  readonly holder: Record<string, unknown>;
  readonly name: string;
}

function applyToJson(bytes: Uint8Array, edit: JsonEdit, json: JsonPart | undefined): Uint8Array {
  try {
    const found = json?.split(bytes);
    if (found === null || found === undefined) return bytes;
    // The value itself is changed like everything in it.
    const root = { value: found.value };
    changeValue(root, edit);
    return found.join(root.value);
  } catch (error) {
    // Nested too deeply to be copied or to be written as JSON.
    if (error instanceof RangeError) return bytes;
    throw error;
  }
}

function changeValue(root: Record<string, unknown>, edit: JsonEdit): void {
  const slots = slotsIn(root);
  const slot = slots[edit.node % slots.length];
  if (slot === undefined) return;
  const { holder, name } = slot;
  switch (edit.kind) {
    case 'json-replace':
      define(holder, name, JSON.parse(edit.json) as unknown);
      break;
    case 'json-remove':
      if (Array.isArray(holder)) holder.splice(Number(name), 1);
      else if (holder !== root) Reflect.deleteProperty(holder, name);
      break;
    case 'json-rename':
      if (!Array.isArray(holder) && holder !== root) {
        const value = holder[name];
        Reflect.deleteProperty(holder, name);
        define(holder, edit.name, value);
      }
      break;
    case 'json-copy': {
      const from = slots[edit.from % slots.length];
      // A copy, or the value would contain itself.
      if (from !== undefined) define(holder, name, structuredClone(from.holder[from.name]));
    }
  }
}

/** Sets what JSON can have under any name, `__proto__` too. */
function define(holder: object, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Everything in a value, the outermost first; so many that an edit of a large value stays fast. */
function slotsIn(root: object, most = 2_000): readonly Slot[] {
  const slots: Slot[] = [];
  const waiting: object[] = [root];
  for (let holder = waiting.shift(); holder !== undefined && slots.length < most; holder = waiting.shift()) {
    for (const name of Object.keys(holder)) {
      slots.push({ holder: holder as Record<string, unknown>, name });
      const value = (holder as Record<string, unknown>)[name];
      if (typeof value === 'object' && value !== null) waiting.push(value);
    }
  }
  return slots;
}
