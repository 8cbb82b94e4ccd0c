/**
 * Buys one inference: what a model sees in a picture. AIRO_CHAIN is the address of a node of the chain, AIRO_DX that of a
 * peer of Dx, AIRO_SECRET the secret of an account with some AIRO:
 *
 *     node examples/buy-inference.ts MODEL PICTURE
 */
import { readFile } from 'node:fs/promises';

import { accountFromSecret, connectChain } from '../lib/chain/index.ts';
import * as consumer from '../lib/consumer/index.ts';
import { openStore } from '../lib/consumer/node/store.ts';
import { createDxPeer } from '../lib/dx/node/peer.ts';
import { decodeImage } from '../lib/inference/image.node.ts';
import { classify, imageToTensor, labelNames } from '../lib/inference/index.ts';
import { formatAmount, parseAmount } from '../lib/market/amounts.ts';
import { systemClock } from '../lib/provider/clock.ts';

const { AIRO_CHAIN: url = '', AIRO_DX: server = '', AIRO_SECRET: secret = '' } = process.env;
const [model, picture = ''] = [Number(process.argv[2]), process.argv[3]];
const signal = AbortSignal.timeout(5 * 60_000);

// What buying works with: the chain with an account, Dx, envelopes, and a folder for the keys that open results.
await using airo = await connectChain({ kind: 'websocket', url, signal });
await using dx = await createDxPeer({ servers: [server] });
const chain = consumer.chainWithAccount(airo, airo.account(await accountFromSecret(secret)));
const envelopes = consumer.createEnvelopes(airo.genesisHash);
const ports = { chain, dx, envelopes, store: openStore('.airo', airo.genesisHash), clock: systemClock };

// The input, as the model's description on the chain says.
const description = (await chain.model(model))?.newest.description;
if (description === undefined) throw new Error(`There is no model ${model}.`);
const inputs = [imageToTensor(await decodeImage(await readFile(picture)), description)];

// Order, wait for the bids, accept the best one; its price goes into escrow.
const wish = { model, inferences: 1, maxPrice: parseAmount('0.5 AIRO') };
const { order } = await consumer.placeOrder(ports, wish, { signal });
for await (const { phase } of consumer.watchOrder(chain, order, signal)) if (phase !== 'bidding') break;
const [best] = await consumer.bestBids(chain, await consumer.readOrder(chain, order), 1);
if (best === undefined) throw new Error('Nobody has bid; what was on hold is released when the order expires.');
const [agreement] = (await consumer.acceptBids(chain, order, [best.provider], { signal })).agreements;
if (agreement === undefined) throw new Error('The bid was not accepted.');

// Send, collect, show. What is not answered in time is refunded by the chain.
for await (const result of consumer.infer(ports, agreement.id, [{ label: picture, request: { inputs } }], { signal })) {
  if (result.state !== 'answered') throw new Error(`There is no result: ${result.state}.`);
  const [logits] = result.response.outputs;
  const [seen] = logits === undefined ? [] : classify(logits, 1, labelNames(description.labels));
  console.log(`${seen?.label ?? '?'} for ${formatAmount(result.paid)}`);
}
