/** `npm run demo`: a whole market on this machine, and one purchase in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { list } from '../cli/output.ts';
import { chainWithAccount } from '../lib/consumer/index.ts';
import { AIRO, amountText } from '../lib/market/amounts.ts';
import { buildSite } from './app/build.ts';
import { checkBooks, countingFees, readBooks, type Snapshot } from './demo/books.ts';
import { startCockpit } from './demo/cockpit.ts';
import { readResnet, startMarketplace, type Marketplace } from './demo/marketplace.ts';
import { purchase, readImages } from './demo/purchase.ts';
import { documentOf, tablesOf, type Story } from './demo/report.ts';
import { startWingmen, wingmen, type NamedWingman } from './demo/wingmen.ts';
import { main } from './lib/main.ts';
import { describeOptions, parseOptions } from './lib/options.ts';
import { endBySignalWith, holdDuringShutdown, onShutdown } from './lib/shutdown.ts';

const table = {
  once: { type: 'flag', help: 'Buy once and end, instead of staying up.' },
  image: { type: 'list', placeholder: 'FILE', help: 'A PNG or JPEG to classify, instead of ten held-out digits.' },
  json: { type: 'flag', help: 'Print the results as one JSON document at the end.' },
} as const;

const help = `Shows one paid inference after another on this machine: starts a chain, a Dx server and two Wingmen, registers a
trained ResNet, orders inferences, lets the Wingmen bid, accepts the best bid, infers, and checks the money.

npm run demo -- [OPTION...]

${describeOptions(table)}

Everything is new each time and goes when it ends; ports are free ones.`;

/** Well-known accounts of the development chain. */
const secrets = { owner: '//Charlie', consumer: '//Bob' } as const;
const royalty = AIRO / 100n;
const maxPrice = AIRO / 2n;

await main('npm run demo', async () => {
  const { options, help: wantsHelp } = parseOptions(process.argv.slice(2), table);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const resnet = await readResnet();
  // What is wrong with an image is said before anything is started.
  const images = await readImages(options.image, resnet.description);
  const say = progress(options.json ? console.error : console.log);
  const stopping = new AbortController();
  const { signal } = stopping;
  const folder = await mkdtemp(join(tmpdir(), 'airo-demo-'));
  onShutdown(() => rm(folder, { recursive: true, force: true }));

  // It is needed last and takes longest. What the market does in time goes first.
  const site = options.once ? undefined : buildSite({ onLine: say, signal, yields: true });
  // Whether it failed is asked where it is needed.
  site?.catch(() => undefined);

  say('starting the chain and Dx');
  const market = await startMarketplace({ nodeInDx: true, signal });
  onShutdown(() => market.close());
  onShutdown(() => stopping.abort(new Error('The demonstration was stopped.')));
  const owner = countingFees(await market.account(secrets.owner));
  const ports = await market.consumer(secrets.consumer, folder);
  const consumer = countingFees(ports.chain.account);
  const { treasury } = await market.chain.rules();
  const names = new Map([
    [consumer.address, 'consumer (Bob)'],
    [owner.address, "model's owner (Charlie)"],
    ...(await Promise.all(
      wingmen.map(async ({ name, secret }) => [(await market.account(secret)).address, name] as const),
    )),
    [treasury, 'treasury'],
  ]);
  const books = (block: number) => readFinal(market, [...names.keys()], block, signal);
  const before = await books(0);

  say('starting two Wingmen; the owner uploads the ResNet and registers it');
  const [model, providers] = await Promise.all([market.registerModel(owner, resnet, royalty), startWingmen(market)]);
  say(`model ${model.id} is ${resnet.description.name}, ${resnet.bytes.length} bytes at ${model.content}`);
  await Promise.all(providers.map(({ wingman }) => wingman.ready()));
  say('both Wingmen have fetched it, measured it and offer it');

  const buying = { ...ports, chain: chainWithAccount(market.chain, consumer) };
  const name = (address: string) => names.get(address) ?? address;
  const bought = await purchase(buying, model.id, images, maxPrice, { say, name, signal });
  say('waiting until all of it is final');
  const after = await books(Math.max(...bought.results.map((result) => ('block' in result ? result.block : 0))));
  const agreement = (await market.chain.agreement(bought.agreement.id, 'finalized')) ?? bought.agreement;
  const delivered = BigInt(agreement.counts.delivered);
  const checks = checkBooks(before, after, { ...agreement, consumer, owner, treasury, delivered });
  const story: Story = { ...bought, agreement, model, description: resnet.description, names, before, after, checks };
  if (options.json) console.log(documentOf(story));
  else console.log(tablesOf(story));
  const good =
    bought.results.every(({ state }) => state === 'answered') &&
    checks.every(({ expected, actual }) => expected === actual);
  say(
    good ? 'everything was answered and paid, and the money adds up' : 'NOT everything is as it should be: see above',
  );
  if (site === undefined) return good ? 0 : 1;
  say('starting the Cockpit');
  await site;
  const cockpit = await startCockpit(market, folder, { onLine: say, signal });
  return stayUp(market, providers, cockpit.url);
});

/** Writes lines with the seconds since the beginning. */
function progress(write: (text: string) => void): (line: string) => void {
  const began = performance.now();
  return (line) => write(`${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`);
}

/** The books in the final state, once that has come to a block. */
async function readFinal(
  market: Marketplace,
  addresses: readonly string[],
  block: number,
  signal: AbortSignal,
): Promise<Snapshot> {
  for await (const { finalized } of market.chain.heads(signal)) {
    if (finalized.number >= block) return readBooks(market.chain, market.node.rpcUrl, addresses, finalized.hash);
  }
  throw new Error('The chain told of no block.');
}

/** Shows where everything listens, until it is told to stop. */
async function stayUp(market: Marketplace, providers: readonly NamedWingman[], cockpit: string): Promise<number> {
  // To be stopped is how this program ends from here on, so it is no failure.
  endBySignalWith(0);
  const rows: (readonly [string, string])[] = [
    ['Chain, JSON-RPC', market.node.rpcUrl],
    ['Chain, WebRTC', market.node.webrtcAddress],
    ...(market.node.dx === undefined ? [] : [["Node's Dx, TCP", market.node.dx.tcpAddress] as const]),
    ...(market.node.dx === undefined ? [] : [["Node's Dx, WebRTC", market.node.dx.webrtcAddress] as const]),
    ...market.dx.flatMap((server) => [
      ['Dx, JSON-RPC', server.rpcUrl] as const,
      ['Dx, TCP', server.tcpAddress] as const,
      ['Dx, WebRTC', server.webrtcAddress] as const,
    ]),
    ...providers.flatMap(({ name, wingman }) => [
      [name, `${wingman.url}/docs`] as const,
      ['  its token', `in ${join(wingman.basePath, 'api-token')}`] as const,
    ]),
  ];
  const [server] = market.dx;
  console.log(`\n${list(rows)}\n`);
  console.log('Buy more as a well-known account of the development chain, with one command:');
  console.log(
    `npm run airo -- infer --model 0 --max-price ${amountText(maxPrice)} --chain ${market.node.rpcUrl} --dx ${server?.rpcUrl ?? ''} --dev-account ferdie public/models/resnet-mnist/test-images/7-*.png`,
  );
  // The last line is where a person looks.
  console.log(`\nThe Cockpit is at ${cockpit} for your browser. Ctrl-C stops everything.`);
  const { code } = await market.node.ended;
  await holdDuringShutdown();
  console.error(`The chain ended by itself with status ${code}. Its last lines:\n${market.node.log()}`);
  return 1;
}
