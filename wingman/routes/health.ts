/** For those who watch over processes: alive, ready, metrics. */
import type { FastifyInstance } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Context } from '../context.ts';
import type { Metrics } from '../metrics.ts';
import { problems } from '../problems.ts';
import { checkNames, readiness } from '../readiness.ts';

const readinessView = z
  .object({
    ready: z.boolean(),
    checks: z.array(z.object({ check: z.enum(checkNames), ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'Readiness', description: 'Without a failing check it can earn.' });

interface Options {
  readonly context: Context;
  readonly metrics: Metrics;
  readonly authenticate: NonNullable<FastifyInstance['verifyBearerAuth']>;
}

export const healthRoutes: FastifyPluginCallbackZod<Options> = (app, { context, metrics, authenticate }, done) => {
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'getHealth',
        summary: 'Whether the process is alive',
        tags: ['health'],
        security: [],
        response: { 200: z.object({ alive: z.literal(true) }) },
      },
    },
    () => ({ alive: true as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'getReadiness',
        summary: 'Whether it can earn now, and what is missing',
        tags: ['health'],
        security: [],
        response: { 200: readinessView, 503: readinessView },
      },
    },
    async (_, reply) => {
      const checks = await readiness(context);
      const ready = checks.every(({ ok }) => ok);
      return reply.code(ready ? 200 : 503).send({ ready, checks });
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'getMetrics',
        summary: 'Metrics for Prometheus',
        tags: ['health'],
        security: context.loaded.config.api.openMetrics ? [] : [{ token: [] }],
        produces: ['text/plain'],
        response: { 200: z.string(), ...problems() },
      },
      ...(context.loaded.config.api.openMetrics ? {} : { onRequest: authenticate }),
    },
    async (_, reply) => {
      const text = await metrics.text();
      return reply.type(metrics.contentType).serializer(String).send(text);
    },
  );
  done();
};
