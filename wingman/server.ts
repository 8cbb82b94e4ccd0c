/** The REST API: its frame, and the plugins with its routes. */
import bearerAuth from '@fastify/bearer-auth';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';

import type { Context } from './context.ts';
import { description } from './description.ts';
import type { Initializer } from './initialize.ts';
import type { Logger } from '../scripts/lib/log.ts';
import type { Metrics } from './metrics.ts';
import { answerError, handleErrors } from './problems.ts';
import { agreementRoutes } from './routes/agreements.ts';
import { configRoutes } from './routes/config.ts';
import { controlRoutes } from './routes/control.ts';
import { executionRoutes } from './routes/executions.ts';
import { healthRoutes } from './routes/health.ts';
import { openInferenceRoutes } from './routes/open-inference.ts';
import { orderRoutes } from './routes/orders.ts';
import { statusRoutes } from './routes/status.ts';

export interface ServerOptions {
  readonly context: Context;
  readonly initializer: Initializer;
  readonly metrics: Metrics;
  /** What a bearer has to show. */
  readonly token: string;
  readonly log: Logger;
}

/** Makes the API, without listening. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { context, token, log } = options;
  // What it says of itself is said elsewhere; requests are not worth a line each.
  const loggerInstance: FastifyBaseLogger = log.child({}, { level: log.level === 'error' ? 'error' : 'warn' });
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // What is asked of it is small; a longer body is a mistake.
    bodyLimit: 256 * 1024,
    forceCloseConnections: true,
    // Such as a path that is not percent-encoded.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  handleErrors(app);
  await app.register(swagger, description);
  await app.register(swaggerUi, { routePrefix: '/docs' });
  await app.register(bearerAuth, { keys: [token], addHook: false, verifyErrorLogLevel: 'debug' });
  const authenticate = app.verifyBearerAuth;
  if (authenticate === undefined) throw new Error('The plugin for bearer tokens is not there.');

  await app.register(healthRoutes, { ...options, authenticate });
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', authenticate);
      await scope.register(statusRoutes, { context });
      await scope.register(configRoutes, { context });
      await scope.register(controlRoutes, options);
      await scope.register(orderRoutes, { context });
      await scope.register(agreementRoutes, { context });
      await scope.register(executionRoutes, { context });
    },
    { prefix: '/v1' },
  );
  if (context.loaded.config.api.openInference) {
    await app.register(async (scope) => {
      scope.addHook('onRequest', authenticate);
      await scope.register(openInferenceRoutes, { context });
    });
  }
  return app;
}
