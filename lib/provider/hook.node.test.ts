import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';

import { parseHookAnswer, priceHook } from './hook.node.ts';

const question = { order: { id: 7, maxPrice: '1000' } };
const never = new AbortController().signal;

function program(source: string): { command: string[] } {
  return { command: [process.execPath, '-e', source] };
}

async function service(t: TestContext, answer: RequestListener): Promise<{ url: string }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/price` };
}

test('A program gets the question on its standard input and names the price', async () => {
  const echo = program(`
    let text = '';
    process.stdin.on('data', (chunk) => (text += chunk));
    process.stdin.on('end', () => console.log(JSON.stringify({ price: JSON.parse(text).order.maxPrice })));
  `);
  assert.deepEqual(await priceHook(echo, question, never), { price: 1000n, reason: null });
});

test('A program can decline and say why', async () => {
  const decline = program(`console.log('{"price":null,"reason":"too cheap"}')`);
  assert.deepEqual(await priceHook(decline, question, never), { price: null, reason: 'too cheap' });
});

test('A program is run without a shell', async () => {
  const hook = { command: [process.execPath, '-e', 'console.log(process.argv[1])', '{"price":"5"}; echo 6'] };
  await assert.rejects(priceHook(hook, question, never), { name: 'InvalidHookAnswer' });
});

test('A program does not get the environment, in which secrets may be', async (t) => {
  process.env.AIRO_TEST_SECRET = '7';
  t.after(() => delete process.env.AIRO_TEST_SECRET);
  const spy = program(`console.log(JSON.stringify({ price: process.env.AIRO_TEST_SECRET ?? null }))`);
  assert.deepEqual(await priceHook(spy, question, never), { price: null, reason: null });
});

test('A program that fails, is missing or never ends has a named error', async () => {
  const failing = program(`console.error('no idea'); process.exit(3)`);
  await assert.rejects(priceHook(failing, question, never), { name: 'HookFailed', message: /status 3: no idea/ });
  const missing = { command: ['/nowhere/at-all'] };
  await assert.rejects(priceHook(missing, question, never), { name: 'HookFailed', message: /could not be run/ });
  await assert.rejects(priceHook({ command: [] }, question, never), { name: 'HookFailed', message: /no program/ });
  const stop = new AbortController();
  const endless = priceHook(program(`console.error('on'); setInterval(() => {}, 1000)`), question, stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(endless, /enough/);
});

test('A program that says too much is stopped', async () => {
  const chatty = program(`setInterval(() => console.log('x'.repeat(10_000)), 1)`);
  await assert.rejects(priceHook(chatty, question, never), { name: 'InvalidHookAnswer', message: /at most/ });
});

test('A web service gets the question and names the price', async (t) => {
  const hook = await service(t, (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { order } = JSON.parse(text) as typeof question;
      response.end(JSON.stringify({ price: order.maxPrice }));
    });
  });
  assert.deepEqual(await priceHook(hook, question, never), { price: 1000n, reason: null });
});

test('A web service that fails, redirects, is gone or says too much has a named error', async (t) => {
  const failing = await service(t, (_, response) => response.writeHead(500).end());
  await assert.rejects(priceHook(failing, question, never), { name: 'HookFailed', message: /status 500/ });
  const redirecting = await service(t, (_, response) => response.writeHead(302, { location: failing.url }).end());
  await assert.rejects(priceHook(redirecting, question, never), { name: 'HookFailed' });
  const chatty = await service(t, (_, response) => response.end('x'.repeat(100_000)));
  await assert.rejects(priceHook(chatty, question, never), { name: 'InvalidHookAnswer', message: /at most/ });
  const gone = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => gone.once('listening', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  await assert.rejects(priceHook({ url: `http://127.0.0.1:${port}` }, question, never), { name: 'HookFailed' });
});

test('A web service that does not answer is given up when the signal aborts', async (t) => {
  const stop = new AbortController();
  const hook = await service(t, () => stop.abort(new Error('enough')));
  await assert.rejects(priceHook(hook, question, stop.signal), /enough/);
});

test('Only a price or a refusal is an answer', () => {
  assert.deepEqual(parseHookAnswer('{"price":"12"}'), { price: 12n, reason: null });
  assert.deepEqual(parseHookAnswer('{"price":"12","reason":"why not"}'), { price: 12n, reason: 'why not' });
  for (const answer of [
    '',
    'twelve',
    'null',
    '12',
    '"12"',
    '[]',
    '{}',
    '{"price":12}',
    '{"price":"-1"}',
    '{"price":"0"}',
    '{"price":"012"}',
    '{"price":"1.5"}',
    '{"price":"1e3"}',
    '{"price":""}',
    '{"price":"1","reason":5}',
    '{"price":"1","currency":"AIRO"}',
    `{"price":"${'9'.repeat(40)}"}`,
  ]) {
    assert.throws(() => parseHookAnswer(answer), { name: 'InvalidHookAnswer' }, answer);
  }
});
