/** Errors of the REST API, as RFC 9457 describes them. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';

const problemSchema = z
  .object({
    type: z.string().describe('A stable name for the kind of problem, `urn:airo:problem:NAME`.'),
    title: z.string().describe('The meaning of the HTTP status.'),
    status: z.int(),
    detail: z.string().describe('What is wrong here, and what to do.'),
    instance: z.string().describe('The path that was asked for.'),
    error: z.string().optional().describe('The name that the chain gives to its refusal.'),
    problems: z.array(z.string()).optional().describe('One line for each thing that is wrong in the request.'),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 describes it.' });

type Problem = z.output<typeof problemSchema>;

const PROBLEM_JSON = 'application/problem+json';

/** The statuses that errors of Wingman, its chain and its engine have, by their names. */
const statuses: Readonly<Record<string, number>> = {
  Unknown: 404,
  Forbidden: 403,
  Conflict: 409,
  InsufficientFunds: 409,
  CallFailed: 409,
  TransactionRefused: 409,
  TransactionLost: 502,
  ChainUnavailable: 503,
  NotReady: 503,
  NotStarted: 503,
};

const explained: Readonly<Record<number, string>> = {
  400: 'The request is not valid.',
  401: 'The bearer token is missing or wrong.',
  403: 'Only the configuration file can name that.',
  404: 'There is no such thing.',
  409: 'It contradicts what is there, or the chain has refused it; nothing was changed.',
  500: 'An error of Wingman.',
  502: 'It is not known whether the transaction was included; read the state to find out.',
  503: 'The chain or Dx is not reached; try again later.',
};

/** The schemas of the errors that a route can answer with, for its `response`. */
export function problems<Status extends number>(...codes: readonly Status[]) {
  const entries = [...codes, 401, 500].map((code) => [
    code,
    { description: explained[code] ?? '', content: { [PROBLEM_JSON]: { schema: problemSchema } } },
  ]);
  return Object.fromEntries(entries) as Record<
    Status | 401 | 500,
    { description: string; content: Record<string, { schema: typeof problemSchema }> }
  >;
}

/** Answers every error of a route as a problem. What is wrong before there is a route needs {@link answerError} by itself. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    send(reply, newProblem(404, 'NoRoute', `There is no ${request.method} ${pathOf(request)}. See /docs.`, request)),
  );
}

/** Answers one error as a problem. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request);
  if (problem.status >= 500 && problem.status !== 503) request.log.error({ err: error }, 'a request failed');
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="wingman"');
  return send(reply, problem);
}

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_JSON).serializer(JSON.stringify).send(problem);
}

function problemOf(error: FastifyError, request: FastifyRequest): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const lines = error.validation.map(({ instancePath, message }) =>
      `${instancePath.replace(/^\//, '').replaceAll('/', '.')}: ${message ?? ''}`.replace(/^: /, ''),
    );
    return { ...newProblem(400, 'InvalidRequest', lines.join(' '), request), problems: lines };
  }
  if (isResponseSerializationError(error)) {
    return newProblem(500, 'InvalidAnswer', 'The answer does not fit its description; see the log.', request);
  }
  const known = statuses[error.name];
  if (known !== undefined) {
    const refusal = (error as { error?: unknown }).error;
    const problem = newProblem(known, error.name, error.message, request);
    return typeof refusal === 'string' ? { ...problem, error: refusal } : problem;
  }
  const status = error.statusCode ?? 500;
  if (status === 401) return newProblem(401, 'Unauthorized', `${explained[401] ?? ''} ${error.message}`, request);
  if (status < 500) return newProblem(status, 'InvalidRequest', error.message, request);
  return newProblem(500, 'Internal', 'Something went wrong in Wingman; see its log.', request);
}

function newProblem(status: number, name: string, detail: string, request: FastifyRequest): Problem {
  return {
    type: `urn:airo:problem:${name}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: pathOf(request),
  };
}

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? request.url;
