/** A Wingman's configuration, and requests to its REST API. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import { z } from 'zod';

import { unframe } from '../../../lib/inference/message.ts';
import { HEADER_LENGTH } from '../../../lib/inference/open-inference.ts';
import type { Included } from '../../../lib/market/chain.ts';
import { parseConfig } from '../../../wingman/config/load.ts';
import { configSchema } from '../../../wingman/config/schema.ts';
import { startRest, token, type Rest } from '../../../wingman/testing/rest.ts';
import type { ReadyModel } from '../../../wingman/models/store.ts';
import { descriptions } from '../../support/inference.ts';
import { anyText, jsonAfterLength, wholeJson } from '../json.ts';
import type { Target } from '../target.ts';
import { scriptedTypes } from '../testing/scripted-model.ts';

/** A request as a sample has it. A body that is a text is sent as it is. */
const requestSchema = z.object({
  method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
  url: z.string().regex(/^\/v1\/[\x21-\x7e]*$/),
  body: z.unknown().optional(),
});

const refusalSchema = z.object({ error: z.string().max(2_000), code: z.enum(['InvalidRequest', 'InvalidTensor']) });

const problemSchema = z.object({
  type: z.string().regex(/^urn:airo:problem:[A-Za-z]+$/),
  status: z.int().min(400),
  detail: z.string(),
});

let rest: Promise<Rest> | undefined;

const included: Included = {
  ...{ block: { number: 2, hash: `0x${'02'.repeat(32)}` }, transaction: `0x${'03'.repeat(32)}` },
  ...{ fee: 1n, events: [] },
};

const model: ReadyModel = {
  ...{ model: 3, version: 1, description: { ...descriptions.types, name: 'types' } },
  ...{ about: 'scripted', runner: { kind: 'onnx' }, loaded: scriptedTypes },
};

/** It lives as long as the process: there is no test that would end it. */
function wingman(): Promise<Rest> {
  const test = { after: () => undefined } as unknown as TestContext;
  return (rest ??= startRest(test, {
    config: { api: { openInference: true } },
    ready: [model],
    // Nobody makes blocks here, and becoming a provider would wait for one.
    chain: { account: { address: 'alice', submit: () => Promise.resolve(included) } },
  }));
}

export const wingmanTargets: readonly Target[] = [
  {
    name: 'wingman-config',
    refusals: ['ConfigInvalid'],
    // A line for each thing that is wrong.
    longestMessage: 20_000,
    json: wholeJson,
    read: (bytes) => {
      const { config } = parseConfig(anyText(bytes), '/wingman.json');
      const written = JSON.stringify(z.encode(configSchema, config));
      const again = parseConfig(written, '/wingman.json').config;
      assert.equal(JSON.stringify(z.encode(configSchema, again)), written);
    },
  },
  {
    name: 'wingman-rest',
    refusals: [],
    json: wholeJson,
    read: async (bytes) => {
      const request = requestIn(anyText(bytes));
      if (request === null) return;
      const { server } = await wingman();
      const { method, url, body } = request;
      const response = await server.inject({
        ...{ method, url },
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const { statusCode, payload } = response;
      assert.ok(statusCode < 500, `${method} ${url} is answered with ${statusCode}: ${payload}`);
      if (statusCode < 400) return;
      assert.match(String(response.headers['content-type']), /^application\/problem\+json/);
      assert.equal(problemSchema.parse(response.json()).status, statusCode);
    },
  },
  {
    name: 'wingman-open-inference',
    refusals: ['InvalidRequest'],
    json: jsonAfterLength(0),
    read: async (bytes) => {
      const { headerLength, body } = unframe(bytes);
      const { server } = await wingman();
      const response = await server.inject({
        method: 'POST',
        url: '/v2/models/types/infer',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/octet-stream',
          [HEADER_LENGTH]: `${headerLength}`,
        },
        payload: Buffer.from(body),
      });
      const { statusCode, payload } = response;
      assert.ok(statusCode === 200 || statusCode === 400, `${statusCode}: ${payload}`);
      if (statusCode === 400) refusalSchema.parse(response.json());
    },
  },
];

/** The request of an input, or nothing: then it is none that could be sent. */
function requestIn(text: string): z.infer<typeof requestSchema> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { success, data } = requestSchema.safeParse(value);
  return success && URL.canParse(`http://localhost${data.url}`) ? data : null;
}
