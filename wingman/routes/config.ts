/** The configuration, read and changed while Wingman runs. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { changeableSchema, changeSchema, configSchema } from '../config/schema.ts';
import { effectiveConfig } from '../config/effective.ts';
import type { Context } from '../context.ts';
import { problems } from '../problems.ts';

const source = z.enum(['default', 'file', 'api']);

const configView = z
  .object({
    config: configSchema.describe('What is in force, with all defaults. Secrets are no part of it.'),
    sources: z
      .object(
        Object.fromEntries(Object.keys(changeableSchema.shape).map((key) => [key, source])) as Record<
          keyof typeof changeableSchema.shape,
          typeof source
        >,
      )
      .describe('Where each value that can be changed here comes from.'),
  })
  .meta({ id: 'ConfigurationView' });

export const configRoutes: FastifyPluginCallbackZod<{ context: Context }> = (app, { context }, done) => {
  const view = () => effectiveConfig(context.loaded, context.settings);

  app.get(
    '/config',
    {
      schema: {
        operationId: 'getConfig',
        summary: 'The configuration that is in force, and where its values come from',
        tags: ['configuration'],
        response: { 200: configView, ...problems() },
      },
    },
    view,
  );

  app.patch(
    '/config',
    {
      schema: {
        operationId: 'changeConfig',
        summary: 'Change the configuration; effective with the next decision, and kept',
        description:
          'A change wins over the configuration file until that key is changed in the file, or Wingman is started with ' +
          '--reset-settings. A changed profile reaches the chain with the next POST /v1/initialize. What runs a model ' +
          'cannot be exchanged while it is served: take the model out first. Programs, containers and files can only be ' +
          'named in the configuration file.',
        tags: ['configuration'],
        body: changeSchema,
        response: { 200: configView, ...problems(400, 403, 409) },
      },
    },
    async ({ body }) => {
      await context.settings.change(body);
      return view();
    },
  );
  done();
};
