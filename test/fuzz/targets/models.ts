/** ONNX files that onnxruntime loads, and requests to the server that runs models by themselves. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';

import { z } from 'zod';

import { onnxRunner } from '../../../lib/inference/node/onnx-runner.ts';
import { startOipServer } from '../../../lib/inference/node/oip-server.ts';
import { HEADER_LENGTH } from '../../../lib/inference/open-inference.ts';
import { sampleInputs } from '../../../lib/inference/samples.ts';
import type { Runner } from '../../../lib/inference/types.ts';
import { descriptions } from '../../support/inference.ts';
import { anyText, wholeJson } from '../json.ts';
import type { Target } from '../target.ts';
import { scriptedTypes } from '../testing/scripted-model.ts';

const runner = onnxRunner({ sessions: 1, threads: 1, maxBatch: 1, runTimeoutMs: 10_000 });

/** What the samples are described as, each to be told by the name of an output, which only it has. */
const described = [descriptions.pick, descriptions.types, descriptions.classifier];

/** Loads whatever it is told to; the one model that is served is scripted. */
const scripted: Runner = {
  about: 'scripted',
  load: () => Promise.resolve(scriptedTypes),
  close: () => Promise.resolve(),
};

let server: Promise<string> | undefined;

/** It lives as long as the process. */
function serverUrl(): Promise<string> {
  const model = {
    ...{ name: 'types', version: '1', description: descriptions.types },
    bytes: () => Promise.resolve(new Uint8Array()),
  };
  const options = { runner: scripted, models: [model], maxRequestBytes: 100_000 };
  return (server ??= startOipServer(options, new AbortController().signal).then(({ url }) => url));
}

/** A request as a sample has it. A body that is a text is sent as it is. */
const requestSchema = z.object({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
  url: z.string().regex(/^\/[\x21-\x7e]*$/),
  headerLength: z
    .string()
    .regex(/^[\x20-\x7e]*$/)
    .optional(),
  encoding: z
    .string()
    .regex(/^[\x20-\x7e]*$/)
    .optional(),
  body: z.unknown().optional(),
});
type Request = z.infer<typeof requestSchema>;

const refusalSchema = z.object({
  error: z.string().max(2_000),
  code: z.enum(['InvalidRequest', 'InvalidTensor', 'NotFound', 'MethodNotAllowed', 'TooLarge', 'UnsupportedEncoding']),
});

export const modelTargets: readonly Target[] = [
  {
    name: 'inference-model',
    refusals: ['ModelUnavailable', 'ExecutionFailed', 'InvalidTensor', 'InvalidResponse'],
    // A thread and a copy of onnxruntime's session for each input.
    slowness: 20,
    read: async (bytes) => {
      const text = Buffer.from(bytes).toString('latin1');
      const isOf = ({ outputs }: { outputs: readonly { name: string }[] }) => text.includes(outputs[0]?.name ?? '');
      const description = described.find(isOf) ?? descriptions.classifier;
      const model = { name: 'model', version: '1', description, bytes: () => Promise.resolve(bytes) };
      const signal = AbortSignal.timeout(30_000);
      const loaded = await runner.load(model, signal);
      try {
        const { outputs } = await loaded.run({ inputs: sampleInputs(description) }, signal);
        assert.deepEqual(outputs.map(({ name }) => name), description.outputs.map(({ name }) => name)); // prettier-ignore
      } finally {
        await loaded.release();
      }
    },
  },
  {
    name: 'inference-server',
    refusals: [],
    json: wholeJson,
    read: async (bytes) => {
      const request = requestIn(anyText(bytes));
      if (request === null) return;
      const { status, text } = await ask(await serverUrl(), request);
      assert.ok(status < 500, `${request.method} ${request.url} is answered with ${status}: ${text}`);
      if (status >= 400) refusalSchema.parse(JSON.parse(text));
    },
  },
];

/** The request of an input, or nothing: then it is none that could be sent. */
function requestIn(text: string): Request | null {
  try {
    return requestSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Not by `fetch`, which would put the path in order. */
function ask(url: string, { method, url: path, headerLength, encoding, body }: Request) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const headers = {
    'content-type': 'application/octet-stream',
    ...(headerLength === undefined ? {} : { [HEADER_LENGTH]: headerLength }),
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  };
  const sent = httpRequest(url, { method, path, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    response.on('error', reject);
  });
  sent.on('error', reject);
  sent.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
  return promise;
}
