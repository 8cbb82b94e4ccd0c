/** How the API describes itself, in OpenAPI. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { z } from 'zod';

const about = `The REST API of a Wingman, the bot of a provider on Airo.

Amounts are text with their unit, exact to 12 decimals: \`"0.5 AIRO"\`; the same in what is sent and what is answered.
Times are milliseconds since 1970 in \`times\`, in \`startedAt\` and in the \`at\` of a decision; everywhere else they are
blocks. Errors are \`application/problem+json\` (RFC 9457). Everything but /healthz, /readyz, /docs and, unless configured
otherwise, /metrics needs the bearer token.`;

const zodToJsonConfig = {
  unrepresentable: 'any',
  override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }) => {
    // JSON Schema knows no bigint; an amount is written as text.
    if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'string';
    // Every whole number of JavaScript is within these bounds; they say nothing.
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
} as const;

const withSchemas = createJsonSchemaTransformObject({ zodToJsonConfig });

export const description: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: { title: 'Wingman', description: about, version: '1', license: { name: 'Apache-2.0' } },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
  },
  transform: createJsonSchemaTransform({ zodToJsonConfig }),
  transformObject: (document) => {
    const complete = withSchemas(document);
    if (!('components' in complete)) return complete;
    // Each schema is there as what is sent and as what is answered; most are only one of them.
    const schemas: Record<string, unknown> = complete.components?.schemas ?? {};
    const used = referenced(complete.paths, schemas);
    for (const name of Object.keys(schemas)) if (!used.has(name)) Reflect.deleteProperty(schemas, name);
    return complete;
  },
};

/** The names of the schemas that something refers to, directly or through others. */
function referenced(from: unknown, schemas: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (part: unknown) => {
    for (const [, name = ''] of JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      look(schemas[name]);
    }
  };
  look(from);
  return found;
}
