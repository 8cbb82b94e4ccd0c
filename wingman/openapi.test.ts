import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { openApi, openApiFile } from './openapi.ts';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

const committed = await readFile(openApiFile, 'utf8');
const { paths } = JSON.parse(committed) as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, ...operation })),
);

test('the committed description of the API is that of the code (else run: node wingman/openapi.ts)', async () => {
  assert.equal(await openApi(), committed);
});

test('every operation has a name of its own and a summary', () => {
  const names = operations.map(({ operationId }) => operationId);
  assert.equal(new Set(names).size, operations.length);
  for (const { name, operationId, summary } of operations) assert.ok(operationId && summary, name);
});

test('every operation under /v1 asks for the token and describes its errors as problems', () => {
  const own = operations.filter(({ path }) => path.startsWith('/v1/'));
  assert.ok(own.length > 10);
  for (const { name, security, responses } of own) {
    assert.equal(security, undefined, `${name} has the security of all`);
    for (const [status, { content = {} }] of Object.entries(responses)) {
      const expected = status === '200' ? 'application/json' : 'application/problem+json';
      assert.deepEqual(Object.keys(content), [expected], `${name} ${status}`);
    }
    assert.ok('401' in responses && '500' in responses, name);
  }
});
