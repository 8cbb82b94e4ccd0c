/** The reference of Wingman's REST API, from its description by OpenAPI. */
import { openApi } from '../../wingman/openapi.ts';
import { code, fieldsOf, prose, table, typeOf, type Schema } from './schema.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly schema: Schema;
}
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
interface Response {
  readonly description: string;
  readonly content?: Content;
}
interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
}
interface Document {
  readonly info: { readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What every operation with a token can be answered. */
const always = ['401', '500'];

/** Schemas that the reference of the configuration has, with their names there. */
const configured: Readonly<Record<string, string>> = {
  Configuration: 'keys',
  Runner: 'runner',
  RunnerInput: 'runner',
  Strategy: 'strategy',
  StrategyInput: 'strategy',
};

/** docs/reference/rest.md. */
export async function restReference(): Promise<string> {
  const { info, paths, components } = JSON.parse(await openApi()) as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })),
  );
  const schemas = Object.entries(components.schemas).filter(([name]) => configured[name] === undefined);
  return [
    '# REST API of a Wingman',
    info.description,
    prose(
      'A running Wingman shows the same under `/docs`, where it can be tried, and `wingman/openapi.json` is the ' +
        'description for programs. `name[].key` is a key of each entry of a list. Whatever needs the token is answered ' +
        '401 without it, and 500 when Wingman itself fails; other errors are named with each operation, and have the ' +
        'form of a [Problem](#problem).',
    ),
    table(
      ['operation', 'what it does'],
      operations.map(({ title, operation }) => [`[\`${title}\`](#${anchorOf(title)})`, operation.summary]),
    ),
    '## Operations',
    ...operations.flatMap(({ title, operation }) => describe(title, operation)),
    '## Schemas',
    ...schemas.flatMap(([name, schema]) => [`### ${name}`, ...body(schema)]),
  ].join('\n\n');
}

function describe(title: string, operation: Operation): string[] {
  const { summary, description = '', security, parameters = [], requestBody, responses } = operation;
  const sent = requestBody?.content['application/json']?.schema;
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const bad = Object.entries(responses).filter(([status]) => !status.startsWith('2') && !always.includes(status));
  return [
    `### ${title}`,
    prose(`${summary}. ${description} ${security?.length === 0 ? 'Without the token.' : ''}`),
    ...(parameters.length === 0 ? [] : [parameterTable(parameters)]),
    ...(sent === undefined ? [] : content('Takes', sent)),
    ...good.flatMap(([, response]) => answered(response)),
    ...(bad.length === 0
      ? []
      : [
          table(
            ['error', 'when'],
            bad.map(([status, response]) => [status, whenOf(response, good[0]?.[1])]),
          ),
        ]),
  ];
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(({ name, in: place, schema, description = '' }) => [
    `\`${name}\``,
    place,
    typeOf(schema, linkOf),
    defaultOf(schema),
    description,
  ]);
  return table(['parameter', 'in', 'what it can be', 'default', 'what it is'], rows);
}

function answered({ content: given = {} }: Response): string[] {
  const [type = '', { schema } = {}] = Object.entries(given)[0] ?? [];
  if (schema === undefined) return [];
  return type === 'application/json' ? content('Gives', schema) : [`Gives \`${type}\`.`];
}

/** Fastify's own words say nothing; such an answer has the form of the good one. */
function whenOf({ description, content: given }: Response, good: Response | undefined): string {
  if (description !== 'Default Response') return description;
  if (JSON.stringify(given) !== JSON.stringify(good?.content))
    throw new Error('An error of the REST API has no description.');
  return 'It cannot; in the same form.';
}

/** What is sent or answered: in one line where it has a name, else key by key. */
function content(verb: string, schema: Schema): string[] {
  if (fieldsOf(schema).length === 0) return [`${verb} ${typeOf(schema, linkOf)}.`];
  return [`${verb}:`, ...body(schema)];
}

/** What an object has; or what else it is. */
function body(schema: Schema): string[] {
  const text = schema.description === undefined ? [] : [prose(schema.description)];
  const fields = fieldsOf(schema);
  if (fields.length === 0) return [...text, `${typeOf(schema, linkOf)}.`];
  const rows = fields.map((field) => [
    `\`${field.name}\``,
    typeOf(field.schema, linkOf),
    defaultOf(field.schema),
    field.schema.description ?? '',
  ]);
  return [...text, table(['key', 'what it can be', 'default', 'what it is'], rows)];
}

const defaultOf = (schema: Schema): string => (schema.default === undefined ? '' : code(schema.default));

function linkOf(name: string): string {
  const there = configured[name];
  return there === undefined ? `#${anchorOf(name)}` : `configuration.md#${there}`;
}

/** The anchor that a heading gets. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');
}
