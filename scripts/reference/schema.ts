/** From JSON Schema to rows of a table. */

/** As much of JSON Schema as our schemas use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly maxItems?: number;
}

/** One thing that can be given or is answered. */
export interface Field {
  /** With the names of what it lies in: `api.port`, `bids[].price`. */
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** Everything in an object, what lies deeper included; what has a name of its own (`$ref`) is one field. */
export function fieldsOf(schema: Schema, prefix = ''): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const name = `${prefix}${key}`;
    const required = schema.required?.includes(key) ?? false;
    const inside = withoutNull(property);
    if (inside.properties !== undefined) return fieldsOf(inside, `${name}.`);
    const field = { name, schema: property, required };
    const items = inside.items === undefined ? undefined : withoutNull(inside.items);
    return items?.properties === undefined ? [field] : [field, ...fieldsOf(items, `${name}[].`)];
  });
}

/** What is meant by an alternative that can be `null`. */
function withoutNull(schema: Schema): Schema {
  const others = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [];
  const [only] = others;
  return others.length === 1 && only !== undefined ? only : schema;
}

/**
 * What a value can be, in words.
 *
 * @param link the address of the description of a schema with a name
 */
export function typeOf(schema: Schema, link: (name: string) => string): string {
  const inner = (part: Schema) => typeOf(part, link);
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `[${name}](${link(name)})`;
  }
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map(inner).join(' or ');
  return [schema.type ?? 'anything']
    .flat()
    .map((type) => named(type, schema, inner))
    .join(' or ');
}

function named(type: string, schema: Schema, inner: (part: Schema) => string): string {
  switch (type) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `whole number${range(schema)}`;
    case 'number':
      return `number${range(schema)}`;
    case 'array':
      return `list${schema.items === undefined ? '' : ` of ${inner(schema.items)}`}`;
    case 'object': {
      const keys = Object.keys(schema.properties ?? {});
      const { additionalProperties: others } = schema;
      if (keys.length === 0) return typeof others === 'object' ? `object of ${inner(others)}` : 'object';
      return `object with ${keys.map((key) => `\`${key}\``).join(', ')}`;
    }
    default:
      return type;
  }
}

/** Bounds that only say what a whole number in JSON can be are left out. */
function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const low = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? '' : ` from ${minimum}`;
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
  const above = exclusiveMinimum === undefined ? low : ` above ${exclusiveMinimum}`;
  const below = exclusiveMaximum === undefined ? high : ` below ${exclusiveMaximum}`;
  return `${above}${below}`;
}

/** A value as it is written in JSON. */
export const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

/** A paragraph, in lines as long as everywhere here. */
export function prose(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < 120) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

/** A table in Markdown; a column in which nothing stands is left out. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = heads.map((_, column) => rows.some((row) => row[column] !== ''));
  const line = (cells: readonly string[]) =>
    `| ${cells
      .filter((_, column) => used[column])
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
