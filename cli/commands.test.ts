import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { frame } from '../lib/inference/message.ts';
import { encodeRequest } from '../lib/inference/open-inference.ts';
import { numbers } from '../lib/consumer/testing/parts.ts';
import { startCommands } from './testing/context.ts';

/** Requests as files: one in JSON, one in binary. */
async function requestFiles(t: TestContext): Promise<readonly [string, string]> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-cli-'));
  t.after(() => rm(folder, { recursive: true }));
  const [json, binary] = [join(folder, 'a.json'), join(folder, 'b.bin')];
  const inputs = [{ name: 'input', datatype: 'FP32', shape: [1, 2], data: [1, 2] }];
  await writeFile(json, JSON.stringify({ inputs }));
  await writeFile(binary, frame(encodeRequest(numbers(3, 4))));
  return [json, binary];
}

const wish = ['--model', '0', '--max-price', '0.0000000001'];

test('an order is placed, its bids ranked, the best accepted, and files inferred on', async (t) => {
  const airo = await startCommands(t, [{ price: 60n }, { price: 40n }]);
  const files = await requestFiles(t);
  const placed = await airo.run('order', ...wish, '--inferences', '2', '--wait');
  assert.match(placed.out, /Order 0 is placed \(in block \d+, not final yet\)/);
  assert.match(
    placed.out,
    / 1 +provider 1 +0\.00000000004 +90 % +no record yet; 1\.0 ms per inference\n +2 +provider 0/,
  );
  assert.match(placed.err, /0\.0000000002 AIRO on hold, bids for 12\.0 s/);
  assert.deepEqual(placed.remaining, []);

  const orders = await airo.run('orders');
  assert.match(orders.out, /\n +0 +0 +2 +0\.0000000001 +2 +0\.00000000004 +accepting, .* left +consumer/);
  const accepted = await airo.run('accept', '0', '--best', '1');
  assert.match(accepted.out, /Agreement 0 with provider 1: 2 inferences at 0\.00000000004 AIRO each/);

  const inferred = await airo.run('infer', '0', ...files, '--json');
  const { results, settlement } = JSON.parse(inferred.out) as {
    results: { state: string; outputs: { data: number[] }[] }[];
    settlement: { paid: string };
  };
  assert.deepEqual(
    results.map(({ state, outputs }) => [state, outputs[0]?.data]),
    [
      ['answered', [2, 4]],
      ['answered', [6, 8]],
    ],
  );
  assert.equal(settlement.paid, '80');
  assert.deepEqual(airo.store.requests, []);

  assert.match(
    (await airo.run('agreements')).out,
    /\n +0 +0 .* 2 of 2 +0\.00000000008 +0 +0 +ended in block \d+: all used/,
  );
  assert.match((await airo.run('agreement', '0')).out, /Delivered +2\n(.*\n)+ +1 +\d+ +paid in block/);
});

test('what was not answered makes the command fail, after its result was written', async (t) => {
  const airo = await startCommands(t, [{ answer: () => Promise.resolve({ failure: 'InvalidTensor' }) }]);
  const [file] = await requestFiles(t);
  const failed = await airo.run('infer', ...wish, file, '--json');
  assert.equal(failed.status, 1);
  assert.match(failed.err, /1 of 1 inputs have no result\.\n$/);
  const { agreements } = JSON.parse(failed.out) as { agreements: { results: { code: string; fault: string }[] }[] };
  assert.deepEqual(
    agreements[0]?.results.map(({ code, fault }) => [code, fault]),
    [['InvalidTensor', 'consumer']],
  );
});

test('what could not be sent does not stay in escrow when one command did all of it', async (t) => {
  const airo = await startCommands(t, [{}]);
  airo.dx.uploadsFail = () => true;
  const [file] = await requestFiles(t);
  const failed = await airo.run('infer', ...wish, file);
  assert.equal(failed.status, 1);
  assert.match(failed.out, /not sent, and not paid: The payload could not be put on Dx/);
  assert.equal(airo.chain.ledger.escrow, 0n);
});

test('the results of several providers are compared', async (t) => {
  const wrong = (result: Uint8Array) => result.map((byte, i) => (i === result.length - 1 ? byte ^ 0x80 : byte));
  const airo = await startCommands(t, [{}, {}, { lie: wrong }]);
  const [file] = await requestFiles(t);
  const { status, out, err } = await airo.run('infer', ...wish, '--providers', '3', file);
  assert.equal(status, 0, err);
  assert.match(out, /a\.json +2 of 3 agree/);
});

test('without enough bids the order is cancelled, and nothing is spent', async (t) => {
  const airo = await startCommands(t, [{}]);
  const [file] = await requestFiles(t);
  await assert.rejects(airo.run('infer', ...wish, '--providers', '2', file), /Only 1 provider bid.*cancelled/);
  assert.deepEqual([airo.chain.ledger.free, airo.chain.ledger.ordered], [1_000_000n, 0n]);
});

test('results that were not collected are collected later, and named as what they are', async (t) => {
  const airo = await startCommands(t, [{}]);
  const [file] = await requestFiles(t);
  await airo.run('order', ...wish, '--inferences', '2', '--wait');
  await airo.run('accept', '0', 'provider 0');
  const known = airo.store.saveSent.bind(airo.store);
  const forget = airo.store.forgetSent.bind(airo.store);
  // The process ends before it can forget what it has shown.
  airo.store.forgetSent = () => Promise.reject(new Error('the disk is full'));
  await assert.rejects(airo.run('infer', '0', file), /disk is full/);
  Object.assign(airo.store, { saveSent: known, forgetSent: forget });
  const collected = await airo.run('collect', '0');
  assert.match(collected.out, /a\.json +logits: FP32 \[1, 2\]/);
  assert.match((await airo.run('collect', '0')).out, /There are no results/);
});

test('what was written down and not sent when a command ended is sent when that is asked for, and paid once', async (t) => {
  const airo = await startCommands(t, [{}]);
  const [file] = await requestFiles(t);
  await airo.run('order', ...wish, '--inferences', '2', '--wait');
  await airo.run('accept', '0', 'provider 0');
  airo.chain.mishaps.push('lost', Object.assign(new Error('It ended here.'), { name: 'Cancelled' }));
  await airo.run('infer', '0', file);
  const collected = await airo.run('collect', '0');
  assert.equal(collected.status, 1);
  assert.match(collected.out, /a\.json +not sent, and not paid: It is not on chain/);
  assert.match(collected.err, /airo collect 0 --send/);
  const sent = await airo.run('collect', '0', '--send');
  assert.equal(sent.status, 0, sent.err);
  assert.match(sent.out, /a\.json +logits: FP32 \[1, 2\]/);
  assert.equal((await airo.chain.agreement(0))?.counts.requested, 1);
  assert.match((await airo.run('collect', '0', '--send')).out, /There are no results/);
});

test('a file that is no input of the model is refused by its name, before anything is ordered', async (t) => {
  const airo = await startCommands(t, [{}]);
  const [good] = await requestFiles(t);
  const folder = join(good, '..');
  const wrong: [string, string | Uint8Array, RegExp][] = [
    ['empty.json', '', /empty\.json is no input of the model Doubling/],
    ['other.json', '{"inputs": []}', /other\.json/],
    ['name.json', '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}]}', /There is no input "x"/],
    ['batch.json', '{"inputs":[{"name":"input","datatype":"FP32","shape":[2,1],"data":[1,2]}]}', /batch of 2/],
    ['binary', new Uint8Array([1, 2]), /no message/],
    ['image.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47]), /image/],
  ];
  for (const [name, data, message] of wrong) {
    const path = join(folder, name);
    await writeFile(path, data);
    await assert.rejects(airo.run('infer', ...wish, good, path), { name: 'UsageError', message });
  }
  await assert.rejects(airo.run('infer', ...wish, join(folder, 'nothing')), { message: /there is no file/ });
  assert.deepEqual(airo.chain.calls, []);
});

test('models, offers, an account and what nobody has are shown', async (t) => {
  const airo = await startCommands(t, [{}]);
  assert.match((await airo.run('models')).out, /MODEL +NAME .*\n +0 +Doubling +0\.000000000005 +1 +owner\n/);
  assert.match((await airo.run('model', 'show', '0')).out, /Takes +"input" of FP32 \[any, any\]/);
  assert.match((await airo.run('account')).out, /Address +consumer\nFree +0\.000001 AIRO/);
  assert.match((await airo.run('orders')).out, /There are no open orders/);
  assert.match((await airo.run('agreements')).out, /You have no agreements/);
  assert.match((await airo.run('providers')).out, /no providers yet/);
  await assert.rejects(airo.run('model', 'show', '4'), /no model 4/);
  await assert.rejects(airo.run('agreement', '4'), /no agreement 4/);
  await assert.rejects(airo.run('bids', '4'), /no open order 4/);
});
