/** The reference of Wingman's configuration, from its schema. */
import { z } from 'zod';

import { configText } from '../../wingman/config/effective.ts';
import { parseConfig } from '../../wingman/config/load.ts';
import { changeableKeys, configSchema } from '../../wingman/config/schema.ts';
import { code, fieldsOf, prose, table, typeOf, type Field, type Schema } from './schema.ts';

/** docs/reference/configuration.md. */
export function configurationReference(): string {
  const { $defs = {} } = z.toJSONSchema(configSchema, { io: 'input' }) as { $defs?: Record<string, Schema> };
  const { Configuration: configuration = {}, ...named } = $defs;
  const defaults: unknown = configText(parseConfig('{}', 'wingman.json').config);
  const changeable = new Set<string>(changeableKeys);
  const keys = fieldsOf(configuration).filter(({ name }) => name !== '$schema');
  return [
    '# Configuration of a Wingman',
    prose(
      'A file in JSON, in which comments are allowed; relative paths in it are relative to its folder. Amounts are text ' +
        'with their unit: `"0.5 AIRO"`. A key that is not known here is refused. What to think of is said in ' +
        '[running a provider](../provider.md).',
    ),
    prose(
      '`npm run --silent wingman -- --example` prints a file with every key, and `--check` prints a file with all ' +
        'defaults filled in. What can be changed while Wingman runs is changed by ' +
        '[`PATCH /v1/config`](rest.md#patch-v1config).',
    ),
    '## Keys',
    table(
      ['key', 'what it can be', 'default', 'while it runs', 'what it is'],
      keys.map((field) => [
        ...cells(field, valueAt(defaults, field.name)),
        changeable.has(field.name.split(/[.[]/)[0] ?? '') ? 'yes' : '',
        field.schema.description ?? '',
      ]),
    ),
    ...Object.entries(named).flatMap(([name, schema]) => [
      `## ${name}`,
      `${schema.description ?? ''} It has a \`kind\`, and the keys of that kind.`,
      ...(schema.oneOf ?? []).flatMap(kindOf),
    ]),
  ].join('\n\n');
}

function kindOf(kind: Schema): string[] {
  const { kind: which, ...others } = kind.properties ?? {};
  const fields = fieldsOf({ ...kind, properties: others });
  return [
    `### Kind ${String(which?.const)}`,
    which?.description ?? '',
    table(
      ['key', 'what it can be', 'default', 'needed', 'what it is'],
      fields.map((field) => [
        ...cells(field, field.schema.default),
        field.required ? 'yes' : '',
        field.schema.description ?? '',
      ]),
    ),
  ];
}

function cells({ name, schema }: Field, value: unknown): string[] {
  const anchor = (definition: string) => `#${definition.toLowerCase()}`;
  return [`\`${name}\``, typeOf(schema, anchor), value === undefined ? '' : code(value)];
}

/** What lies under a name such as `api.port`; nothing where a list is in between. */
function valueAt(value: unknown, name: string): unknown {
  return name.split('.').reduce((part, key) => (part as Readonly<Record<string, unknown>> | undefined)?.[key], value);
}
