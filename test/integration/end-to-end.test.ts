/** The whole market, as its users have it: chain, Dx and Wingmen as processes of their own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { onnxRunner } from '../../lib/inference/node/index.ts';
import { fromNumbers, toNumbers } from '../../lib/inference/tensor.ts';
import type { InferenceRequest, InferenceResponse } from '../../lib/inference/types.ts';
import { seal } from '../../lib/dx/envelope.ts';
import { frame } from '../../lib/inference/message.ts';
import { encodeRequest } from '../../lib/inference/open-inference.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Agreement, FailureCode } from '../../lib/market/types.ts';
import { explainFailure, resume, type InferenceResult } from '../../lib/consumer/index.ts';
import { startBlockPeer } from '../support/block-peer.ts';
import { agreementNow, fixed, inferAll, royalty, startTestMarket, wealth } from '../support/marketplace.ts';

test('inferences are answered as the model itself would, paid with royalty, and what is bad is answered with why', async (t) => {
  const { market, consumer, resnet, images, wingman, agree } = await startTestMarket(t);
  const served = await wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO') } });

  await t.test('results equal a direct run of the model, and the money adds up', async (t) => {
    const agreement = await agree({});
    const charlie = (await market.account('//Charlie')).address;
    const before = await wealth(consumer, charlie);
    const results = await inferAll(t, consumer, agreement.id, images);
    const direct = await runDirectly(
      t.signal,
      resnet,
      images.map(({ request }) => request as InferenceRequest),
    );
    results.forEach((result, i) => {
      if (result.state !== 'answered') return assert.fail(JSON.stringify(result, stringify));
      const [got, expected] = [logits(result.response), logits(direct[i])];
      got.forEach((value, k) => assert.ok(Math.abs(value - (expected[k] ?? NaN)) <= 1e-4));
      // The test images are named after their class.
      assert.equal(String(got.indexOf(Math.max(...got))), result.label.split('-')[0]);
      assert.equal(result.paid, AIRO / 10n);
    });
    const { counts } = await agreementNow(consumer, agreement.id);
    assert.equal(counts.delivered, images.length);
    assert.equal((await wealth(consumer, charlie)) - before, royalty * BigInt(images.length));
  });

  await t.test(
    'a bad payload is answered on chain with the reason, and refunded, and the next good one is served',
    async (t) => {
      const [good] = images;
      assert.ok(good !== undefined);
      const request = good.request as InferenceRequest;
      // Long enough that what never arrives does not take the whole time of the test.
      const agreement = await agree({ inferences: 8, maxInFlight: 8, responseDeadline: 12 });
      const key = publicKeyOf(agreement);
      const sealed = async (plaintext: Uint8Array, index: number) =>
        seal(plaintext, key, {
          genesisHash: consumer.chain.genesisHash,
          agreement: agreement.id,
          index,
          kind: 'payload',
        });
      const framed = (inputs: InferenceRequest['inputs']) => frame(encodeRequest({ inputs }));
      const upload = async (data: Uint8Array) =>
        (await consumer.dx.upload(data, { timeoutMs: 30_000, signal: t.signal })).key;

      const wrongBytes = await upload(await sealed(framed(request.inputs), 0));
      // The same key is given out by a peer that lies about its bytes, and by nobody else.
      const corrupt = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
      const liar = await startBlockPeer(t, market.dx[0]?.tcpAddress ?? '', (cid) =>
        cid.toString() === corrupt ? new Uint8Array([1, 2, 3]) : undefined,
      );
      await liar.provide(corrupt);
      const wrongShape = fromNumbers('image', 'FP32', [1, 1, 14, 14], new Array<number>(196).fill(0));
      const wrongType = fromNumbers('image', 'FP64', [1, 1, 28, 28], new Array<number>(784).fill(0));
      const cases: readonly (readonly [FailureCode | 'good', string])[] = [
        ['PayloadCorrupt', corrupt],
        // Sealed for request 0 of this agreement, and used for request 1.
        ['CannotDecrypt', wrongBytes],
        ['InvalidRequest', await upload(await sealed(new TextEncoder().encode('no request at all'), 2))],
        ['InvalidTensor', await upload(await sealed(framed([wrongShape]), 3))],
        ['InvalidTensor', await upload(await sealed(framed([wrongType]), 4))],
        ['PayloadTooLarge', await upload(new Uint8Array(3_000_000).fill(7))],
        // Nobody has it.
        ['PayloadMissing', 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'],
        ['good', await upload(await sealed(framed(request.inputs), 7))],
      ];
      const payloads = cases.map(([, payload]) => payload);
      await consumer.store.saveSent(
        payloads.map((payload, index) => ({
          ...{ agreement: agreement.id, index, payload, label: `payload ${index}`, sentAt: consumer.clock.now() },
        })),
      );
      await consumer.chain.account.submit({ call: 'request', agreement: agreement.id, first: 0, payloads });

      const results: InferenceResult[] = [];
      for await (const result of resume(consumer, agreement.id, { signal: t.signal })) results.push(result);
      results.sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
      results.forEach((result, i) => {
        const expected = cases[i]?.[0];
        if (expected === 'good') {
          assert.ok(result.state === 'answered', `request ${i}`);
          return;
        }
        assert.ok(result.state === 'failed', `request ${i}: ${JSON.stringify(result, stringify)}`);
        assert.equal(result.code, expected);
        assert.equal(result.fault, 'consumer');
        assert.equal(result.explanation, explainFailure(result.code).text);
        assert.equal(result.refunded, agreement.price);
      });
      assert.equal(results.length, cases.length);
      const { counts } = await agreementNow(consumer, agreement.id);
      assert.deepEqual([counts.delivered, counts.consumerFaults, counts.missed], [1, 7, 0]);
      const status = await served.api<{ state: string }>('GET', '/v1/status');
      assert.equal(status.state, 'running');
    },
  );
});

/** JSON with amounts, for messages. */
const stringify = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);

function logits(response: InferenceResponse | undefined): readonly number[] {
  const [first] = response?.outputs ?? [];
  return first === undefined ? [] : Array.from(toNumbers(first));
}

async function runDirectly(
  signal: AbortSignal,
  { bytes, description }: Awaited<ReturnType<typeof startTestMarket>>['resnet'],
  requests: readonly InferenceRequest[],
): Promise<readonly InferenceResponse[]> {
  const runner = onnxRunner({ sessions: 1, maxBatch: 1 });
  const model = { name: 'digits', version: '0', description, bytes: () => Promise.resolve(bytes) };
  const loaded = await runner.load(model, signal);
  try {
    return await Promise.all(requests.map((request) => loaded.run(request, signal)));
  } finally {
    await loaded.release();
    await runner.close();
  }
}

function publicKeyOf({ providerKey }: Agreement): Uint8Array {
  assert.ok('inline' in providerKey.material);
  return Uint8Array.from(Buffer.from(providerKey.material.inline.slice(2), 'hex'));
}
