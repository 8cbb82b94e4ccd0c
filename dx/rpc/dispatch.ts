/**
 * JSON-RPC 2.0: from the text of a request, or of a batch, to the text of the answer.
 *
 * @see https://www.jsonrpc.org/specification
 */
import { z } from 'zod';

import { nearest } from '../../scripts/lib/nearest.ts';

/** A method: what it takes, in the order in which it can be given without names, and what it does. */
export interface Method {
  readonly params: readonly (readonly [name: string, schema: z.ZodType])[];
  readonly run: (params: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<unknown>;
}

/** Declares a method, with the types of its parameters taken from their schemas. */
export function method<const P extends Readonly<Record<string, z.ZodType>>>(
  params: P,
  run: (params: { readonly [K in keyof P]: z.infer<P[K]> }, signal: AbortSignal) => Promise<unknown>,
): Method {
  return { params: Object.entries(params), run: run as Method['run'] };
}

/** The codes of the specification. */
export const codes = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internalError: -32_603,
} as const;

/** An error as it is answered. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: { readonly name: string };
}

export interface DispatchOptions {
  readonly methods: Readonly<Record<string, Method>>;
  /** How an error that a method throws is answered. */
  readonly describe: (error: unknown) => RpcError;
  /** The most requests in a batch. */
  readonly maxBatch: number;
  readonly signal: AbortSignal;
}

type Id = string | number | null;

const requestSchema = z.object({
  jsonrpc: z.literal('2.0'),
  method: z.string(),
  params: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).optional(),
  id: z.union([z.string(), z.number(), z.null()]).optional(),
});

/** The answer, or `undefined` when none is due, because everything was a notification. Never throws. */
export async function dispatch(text: string, options: DispatchOptions): Promise<string | undefined> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return answer(null, refusal(codes.parseError, 'The request is no JSON.'));
  }
  if (!Array.isArray(parsed)) return one(parsed, options);
  if (parsed.length === 0) return answer(null, refusal(codes.invalidRequest, 'The batch is empty.'));
  if (parsed.length > options.maxBatch) {
    const message = `The batch has ${parsed.length} requests; at most ${options.maxBatch} are taken at once.`;
    return answer(null, refusal(codes.invalidRequest, message));
  }
  const answers = await Promise.all(parsed.map((request) => one(request, options)));
  const due = answers.filter((text) => text !== undefined);
  return due.length === 0 ? undefined : `[${due.join(',')}]`;
}

async function one(request: unknown, options: DispatchOptions): Promise<string | undefined> {
  const checked = requestSchema.safeParse(request);
  if (!checked.success) {
    const message = 'It is no request of JSON-RPC 2.0: {"jsonrpc": "2.0", "id": 1, "method": "...", "params": [...]}.';
    return answer(idOf(request), refusal(codes.invalidRequest, message));
  }
  const { id, params } = checked.data;
  const result = await call(checked.data.method, params ?? [], options);
  return id === undefined ? undefined : answer(id, result);
}

type Outcome = { readonly result: unknown } | { readonly error: RpcError };

async function call(
  name: string,
  given: readonly unknown[] | Readonly<Record<string, unknown>>,
  { methods, describe, signal }: DispatchOptions,
): Promise<Outcome> {
  const known = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (known === undefined) {
    const meant = nearest(name, Object.keys(methods));
    const hint = meant === undefined ? 'rpc_methods lists all.' : `Did you mean ${meant}?`;
    return refusal(codes.methodNotFound, `There is no method ${name.slice(0, 100)}. ${hint}`);
  }
  const names = known.params.map(([param]) => param);
  const tooMany = Array.isArray(given)
    ? given.length > names.length
    : Object.keys(given).some((param) => !names.includes(param));
  if (tooMany) return refusal(codes.invalidParams, `${name} takes (${names.join(', ')}) and nothing else.`);
  const params: Record<string, unknown> = {};
  for (const [i, [param, schema]] of known.params.entries()) {
    const value = Array.isArray(given) ? (given as unknown[])[i] : (given as Record<string, unknown>)[param];
    const checked = schema.safeParse(value);
    if (!checked.success) {
      const why = checked.error.issues[0]?.message ?? 'it is not what it should be';
      return refusal(codes.invalidParams, `${name}: ${param}: ${why}`);
    }
    params[param] = checked.data;
  }
  try {
    return { result: await known.run(params, signal) };
  } catch (error) {
    return { error: describe(error) };
  }
}

function refusal(code: number, message: string): { readonly error: RpcError } {
  return { error: { code, message } };
}

function answer(id: Id, outcome: Outcome): string {
  return JSON.stringify({ jsonrpc: '2.0', id, ...outcome });
}

/** The id of a request that is none, where it can be told. */
function idOf(request: unknown): Id {
  const id: unknown = typeof request === 'object' && request !== null && 'id' in request ? request.id : null;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
