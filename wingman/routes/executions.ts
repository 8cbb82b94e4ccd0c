/** What became of each request. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { section } from '../config/fields.ts';
import type { Context } from '../context.ts';
import { problems } from '../problems.ts';
import { executionView, paging, showExecution, stageInQuery } from './views.ts';

export const executionRoutes: FastifyPluginCallbackZod<{ context: Context }> = (app, { context }, done) => {
  app.get(
    '/executions',
    {
      schema: {
        operationId: 'listExecutions',
        summary: 'Requests and how far their execution is, the newest first',
        tags: ['agreements'],
        querystring: section({
          agreement: z.coerce.number().int().min(0).optional(),
          stage: stageInQuery.optional(),
          ...paging,
        }),
        response: {
          200: z.object({
            executions: z.array(executionView.extend({ place: z.int().describe('For the next page.') })),
          }),
          ...problems(400),
        },
      },
    },
    ({ query }) => ({
      executions: context.journal.executionPage(query).map(({ place, entry }) => ({ place, ...showExecution(entry) })),
    }),
  );
  done();
};
