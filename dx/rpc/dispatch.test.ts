import assert from 'node:assert/strict';
import { test } from 'node:test';

import { z } from 'zod';

import { codes, dispatch, method } from './dispatch.ts';

const calls: unknown[] = [];
const methods = {
  add: method({ a: z.number(), b: z.number() }, ({ a, b }) => Promise.resolve(a + b)),
  note: method({ what: z.unknown() }, ({ what }) => {
    calls.push(what);
    return Promise.resolve(null);
  }),
  fail: method({}, () => Promise.reject(new Error('inside'))),
};

async function answer(request: unknown): Promise<unknown> {
  const text = await dispatch(typeof request === 'string' ? request : JSON.stringify(request), {
    methods,
    describe: () => ({ code: 7, message: 'described', data: { name: 'Named' } }),
    maxBatch: 3,
    signal: new AbortController().signal,
  });
  return text === undefined ? undefined : JSON.parse(text);
}

const call = (name: string, params?: unknown, id: unknown = 1) => ({ jsonrpc: '2.0', id, method: name, params });

async function refuses(request: unknown, code: number, message: RegExp, id: unknown = 1) {
  const refused = (await answer(request)) as { id: unknown; error: { code: number; message: string } };
  assert.equal(refused.error.code, code);
  assert.match(refused.error.message, message);
  assert.equal(refused.id, id);
}

test('parameters are given by place or by name', async () => {
  assert.deepEqual(await answer(call('add', [1, 2])), { jsonrpc: '2.0', id: 1, result: 3 });
  assert.deepEqual(await answer(call('add', { b: 5, a: 2 }, 'x')), { jsonrpc: '2.0', id: 'x', result: 7 });
});

test('a notification is carried out and not answered', async () => {
  const request = { jsonrpc: '2.0', method: 'note', params: ['quietly'] };
  assert.equal(await answer(request), undefined);
  assert.deepEqual(calls.splice(0), ['quietly']);
  assert.equal(await answer([request, request]), undefined);
  assert.equal(calls.splice(0).length, 2);
});

test('a batch is answered as a whole, each request by its id', async () => {
  const answers = (await answer([call('add', [1, 1], 'a'), call('nope', [], 'b'), { bad: true }])) as {
    id: unknown;
    result?: unknown;
    error?: { code: number };
  }[];
  assert.deepEqual(
    answers.map(({ id, result, error }) => [id, result ?? error?.code]),
    [
      ['a', 2],
      ['b', codes.methodNotFound],
      [null, codes.invalidRequest],
    ],
  );
});

test('text that is no JSON is refused', () => refuses('{"jsonrpc": "2.0", ', codes.parseError, /no JSON/, null));

test('an empty batch and one that is too large are refused', async () => {
  await refuses([], codes.invalidRequest, /empty/, null);
  await refuses(new Array(4).fill(call('add', [1, 2])), codes.invalidRequest, /4 requests; at most 3/, null);
});

test('what is no request is refused, by its id where it has one', async () => {
  for (const request of [1, null, 'x', { id: 1 }, { jsonrpc: '1.0', id: 1, method: 'add' }]) {
    const id = typeof request === 'object' && request !== null ? 1 : null;
    await refuses(JSON.stringify(request), codes.invalidRequest, /no request/, id);
  }
  await refuses({ jsonrpc: '2.0', id: {}, method: 'add' }, codes.invalidRequest, /no request/, null);
  await refuses({ jsonrpc: '2.0', id: 1, method: 'add', params: 3 }, codes.invalidRequest, /no request/);
});

test('a method that is not there is refused with the nearest one, also when objects inherit its name', async () => {
  await refuses(call('ad', []), codes.methodNotFound, /Did you mean add\?/);
  await refuses(call('toString', []), codes.methodNotFound, /no method toString/);
});

test('wrong parameters are refused with the name of the first', async () => {
  await refuses(call('add', [1]), codes.invalidParams, /add: b:/);
  await refuses(call('add', ['1', 2]), codes.invalidParams, /add: a:/);
  await refuses(call('add', [1, 2, 3]), codes.invalidParams, /takes \(a, b\)/);
  await refuses(call('add', { a: 1, b: 2, c: 3 }), codes.invalidParams, /takes \(a, b\)/);
});

test('what a method throws is answered as it is described', async () => {
  assert.deepEqual(await answer(call('fail')), {
    jsonrpc: '2.0',
    id: 1,
    error: { code: 7, message: 'described', data: { name: 'Named' } },
  });
});
