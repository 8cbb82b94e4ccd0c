/** The example of a configuration file, made from the schema so that the two cannot differ. */
import { z } from 'zod';

import { configSchema } from './schema.ts';

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** What the example shows instead of a default, or where there is none. */
const shown: Readonly<Record<string, unknown>> = {
  'account.secretFile': './wingman.secret',
  'profile.name': 'My Wingman',
  'dx.bootstrap': ['/ip4/127.0.0.1/tcp/4001/ws/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'],
  models: [{ model: 0, strategy: { kind: 'undercut', floor: '0.01 AIRO' } }],
  runner: { kind: 'onnx', sessions: 2 },
};

/** An example configuration: every key with its description and its default; a key without one stands in a comment. */
export function exampleConfig(): string {
  const root = z.toJSONSchema(configSchema, { io: 'input' }) as Schema & { readonly $defs?: Record<string, Schema> };
  const definitions = root.$defs ?? {};
  const resolved = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : { ...definitions[schema.$ref.replace('#/$defs/', '')], ...schema };
  const top = resolved(root);

  const object = (schema: Schema, path: string, indent: string): string[] => {
    const entries = Object.entries(schema.properties ?? {}).filter(([key]) => key !== '$schema');
    const present = entries.filter(([key, property]) => valueOf(resolved(property), join(path, key)) !== undefined);
    const last = present.at(-1)?.[0];
    return entries.flatMap(([key, property]) => {
      const own = resolved(property);
      const name = join(path, key);
      const value = valueOf(own, name);
      const comments = commentsOf(own, indent);
      const comma = key === last ? '' : ',';
      if (value === undefined) return [...comments, `${indent}// "${key}": ...`];
      if (own.properties === undefined) return [...comments, `${indent}"${key}": ${spaced(value)}${comma}`];
      return [...comments, `${indent}"${key}": {`, ...object(own, name, `${indent}  `), `${indent}}${comma}`];
    });
  };
  const commentsOf = (schema: Schema, indent: string): string[] => [
    ...wrap(schema.description ?? '', 110 - indent.length).map((line) => `${indent}// ${line}`),
    ...(schema.oneOf ?? schema.anyOf ?? []).flatMap((option) => {
      const { kind, ...others } = resolved(option).properties ?? {};
      if (kind === undefined) return [];
      const keys = Object.keys(others).join(', ');
      return wrap(`${String(kind.const)} (${keys}): ${kind.description ?? ''}`, 106).map(
        (line, index) => `${indent}//   ${index > 0 ? '  ' : ''}${line}`,
      );
    }),
  ];
  return [
    '// The configuration of a Wingman. All keys but account and dx.bootstrap can be left out; these are the defaults',
    '// where nothing else is said. Comments are allowed.',
    '{',
    ...object(top, '', '  '),
    '}',
    '',
  ].join('\n');
}

function valueOf(schema: Schema, path: string): unknown {
  return shown[path] ?? schema.default ?? (schema.properties === undefined ? undefined : {});
}

/** JSON on one line, with spaces for people. */
const spaced = (value: unknown): string => JSON.stringify(value, null, 1).replace(/\n */g, ' ');

const join = (path: string, key: string) => (path === '' ? key : `${path}.${key}`);

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
