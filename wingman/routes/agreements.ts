/** The provider's agreements. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { section } from '../config/fields.ts';
import type { Context } from '../context.ts';
import { Unknown } from '../errors.ts';
import { problems } from '../problems.ts';
import { agreementView, numberInPath, requireConnected, showAgreement } from './views.ts';

export const agreementRoutes: FastifyPluginCallbackZod<{ context: Context }> = (app, { context }, done) => {
  app.get(
    '/agreements',
    {
      schema: {
        operationId: 'listAgreements',
        summary: 'Agreements as the provider that the chain still keeps, in the order of its storage',
        tags: ['agreements'],
        querystring: section({
          state: z.enum(['active', 'all']).default('all'),
          after: z.coerce.number().int().min(0).optional().describe('Go on after this agreement.'),
          limit: z.coerce.number().int().min(1).max(100).default(100),
        }),
        response: {
          200: z.object({
            agreements: z.array(agreementView),
            next: z.int().nullable().describe('`after` of the next page; `null` when this is the last.'),
          }),
          ...problems(400, 503),
        },
      },
    },
    async ({ query: { state, after, limit } }) => {
      const { chain } = requireConnected(context);
      const page = await chain.agreementsOf(context.provider, { limit, ...(after === undefined ? {} : { after }) });
      const own = page.filter(({ role }) => role === 'provider').map(({ agreement }) => showAgreement(agreement));
      return {
        agreements: state === 'all' ? own : own.filter((agreement) => agreement.state === 'active'),
        next: page.length < limit ? null : (page.at(-1)?.agreement.id ?? null),
      };
    },
  );

  app.get(
    '/agreements/:id',
    {
      schema: {
        operationId: 'getAgreement',
        summary: 'One agreement',
        tags: ['agreements'],
        params: numberInPath,
        response: { 200: agreementView, ...problems(400, 404, 503) },
      },
    },
    async ({ params: { id } }) => {
      const agreement = await requireConnected(context).chain.agreement(id);
      if (agreement?.provider !== context.provider) {
        throw new Unknown(`There is no agreement ${id} of this provider, or the chain does not keep it any more.`);
      }
      return showAgreement(agreement);
    },
  );
  done();
};
