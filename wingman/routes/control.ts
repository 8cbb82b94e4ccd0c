/** Making the account a provider, and pausing it. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { amount, models, positiveAmount, profileShape, section, strategy } from '../config/fields.ts';
import type { Context } from '../context.ts';
import type { Initializer } from '../initialize.ts';
import { problems } from '../problems.ts';

const initializeRequest = section({
  profile: section(profileShape).optional(),
  stake: positiveAmount.optional().describe('The stake to have at least; for a new provider the configured one.'),
  models: models.optional(),
  strategy: strategy.optional(),
}).meta({ id: 'Initialize', description: 'What to change in the configuration with it. All of it can be left out.' });

const initialized = z
  .object({
    provider: z.string().describe("The provider's address."),
    signer: z.string().describe('The address that bids and answers.'),
    steps: z.array(
      z.object({
        step: z.enum(['settings', 'registration', 'profile', 'stake', 'operator', 'models']),
        result: z.enum(['done', 'already', 'waiting']),
        detail: z.string(),
        transaction: z.string().nullable(),
        fee: amount.nullable(),
      }),
    ),
  })
  .meta({ id: 'Initialized' });

const pausedView = z.object({ paused: z.boolean() });

export const controlRoutes: FastifyPluginCallbackZod<{ context: Context; initializer: Initializer }> = (
  app,
  { context, initializer },
  done,
) => {
  app.post(
    '/initialize',
    {
      schema: {
        operationId: 'initialize',
        summary: 'Make the account a provider, and bring profile, models and strategy up to date',
        description: 'Does what is missing, and nothing twice. Models announce themselves as soon as they are ready.',
        tags: ['control'],
        body: initializeRequest.nullish(),
        response: { 200: initialized, ...problems(400, 403, 409, 502, 503) },
      },
    },
    async ({ body }) => ({
      provider: context.provider,
      signer: context.signer,
      steps: await initializer.run(body ?? {}),
    }),
  );

  for (const [path, paused, summary] of [
    ['pause', true, 'Place no new bids; what was agreed on is still carried out'],
    ['resume', false, 'Bid again'],
  ] as const) {
    app.post(
      `/${path}`,
      {
        schema: {
          operationId: path,
          summary,
          tags: ['control'],
          response: { 200: pausedView, ...problems() },
        },
      },
      async () => {
        const now = await context.settings.change({ paused });
        return { paused: now.paused };
      },
    );
  }
  done();
};
