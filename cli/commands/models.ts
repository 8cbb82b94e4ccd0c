/** `airo models` and `airo model ...`: models and their owners. */
import { readFile } from 'node:fs/promises';

import { Limit } from '../../lib/consumer/concurrency.ts';
import { parseDescription } from '../../lib/inference/description.ts';
import { describeSpec } from '../../lib/inference/validate.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Paging } from '../../lib/market/chain.ts';
import type { Description, Model, Sale } from '../../lib/market/types.ts';
import { amountArgument, numberArgument, required } from '../arguments.ts';
import { defineCommand, type Context, type ReadChain } from '../command.ts';
import { bareAmount, counted, list, table } from '../output.ts';
import { allPages } from '../paging.ts';
import { fileProblem } from '../settings.ts';
import { describeIncluded, includedDocument, submit } from '../transactions.ts';

export const modelPlace = { name: 'MODEL', help: 'The number of the model, as `airo models` lists it.' };
const filePlace = { name: 'FILE', help: 'The ONNX file.' };
const descriptionOption = {
  description: { type: 'file', help: 'What the model takes and gives, as JSON; see `airo model register`.' },
} as const;

/** So many models are read at a time. */
const parallel = 32;

export const models = defineCommand({
  name: 'models',
  about: 'Lists the models that can be ordered, with their price if one is for sale.',
  positionals: [],
  options: { retired: { type: 'flag', help: 'Also those that take no new orders.' } },
  needs: ['chain'],
  example: 'models',
  async run(context, { options }) {
    const chain = await context.chain();
    const all = await allPages(
      (page: Paging<number>) => chain.models(page),
      ({ id }) => id,
    );
    const listed = all.filter(({ retired }) => options.retired || !retired);
    const limit = new Limit(parallel);
    const sales = await Promise.all(listed.map(({ id }) => limit.run(() => chain.sale(id))));
    const shown = listed.map((model, i) => ({ ...model, sale: sales[i] ?? null }));
    const anySale = shown.some(({ sale }) => sale !== null);
    context.out.print(
      table(
        [
          { head: 'MODEL', align: 'right' },
          'NAME',
          { head: 'ROYALTY (AIRO)', align: 'right' },
          { head: 'PROVIDERS', align: 'right' },
          ...(anySale ? [{ head: 'FOR SALE (AIRO)', align: 'right' } as const] : []),
          'OWNER',
        ],
        shown.map(({ id, newest, royalty, offers, owner, retired, sale }) => [
          ...[`${id}`, `${newest.description.name}${retired ? ' (retired)' : ''}`, bareAmount(royalty), `${offers}`],
          ...(anySale ? [sale === null ? '' : bareAmount(sale.price)] : []),
          owner ?? 'nobody: its NFT was burned',
        ]),
        'There are no models yet. Register one: airo model register --help',
      ),
    );
    return { models: shown };
  },
});

export const modelShow = defineCommand({
  name: 'model show',
  about: 'Shows a model: its owner, its royalty, for what it is for sale, and what it takes and gives.',
  positionals: [modelPlace],
  options: { version: { type: 'index', help: 'This version instead of the newest.' } },
  needs: ['chain'],
  example: 'model show 0',
  async run(context, { options, args }) {
    const chain = await context.chain();
    const model = await readModel(chain, numberArgument('MODEL', args[0]));
    const sale = await chain.sale(model.id);
    const version = options.version === undefined ? model.newest : await chain.modelVersion(model.id, options.version);
    if (version === null) throw new Error(`Model ${model.id} has no version ${options.version ?? ''}.`);
    const { description } = version;
    const { image, labels } = description;
    context.out.print(
      list([
        ['Name', description.name],
        ['Licence', description.licence],
        ['Owner', model.owner ?? 'nobody: its NFT was burned'],
        ['Royalty', `${formatAmount(model.royalty)} per inference`],
        ['For sale', sale === null ? 'no' : describeSale(sale)],
        ['State', model.retired ? 'retired' : `served by ${counted(model.offers, 'provider')}`],
        ['Version', `${version.version}, since block ${version.publishedAt}`],
        ['File', `${version.content} (${version.size} bytes)`],
        ['Takes', description.inputs.map(describeSpec).join(', ')],
        ['Gives', description.outputs.map(describeSpec).join(', ')],
        ['Image', image === null ? 'none' : `${image.channels}, ${image.layout}, ${image.fit}`],
        [
          'Labels',
          labels.kind === 'inline' ? labels.names.join(', ') : labels.kind === 'content' ? labels.content : 'none',
        ],
        ['Tolerance', `${description.tolerance}`],
      ]),
    );
    return { ...model, sale, shown: version };
  },
});

export const modelRegister = defineCommand({
  name: 'model register',
  about: 'Puts an ONNX file on Dx and registers it; its NFT, and with it the royalty, is yours.',
  details: `The description is JSON:

  {
    "name": "ResNet MNIST", "licence": "Apache-2.0",
    "inputs": [{ "name": "image", "dataType": "FP32", "shape": [null, 1, 28, 28] }],
    "outputs": [{ "name": "logits", "dataType": "FP32", "shape": [null, 10] }],
    "image": { "channels": "gray", "layout": "nchw", "fit": "contain", "mean": [0.1307], "std": [0.3081] },
    "labels": { "kind": "inline", "names": ["0", "1", "2"] },
    "tolerance": 0.001
  }

"image" is null for a model that takes no images; "labels" can be { "kind": "none" }, or
{ "kind": "content", "content": "..." } with the content id of a text on Dx, a label a line. null in a shape is any
number; "tolerance" is by how much two correct results may differ.`,
  positionals: [filePlace],
  options: { ...descriptionOption, royalty: { type: 'amount', help: 'What the owner gets for each inference.' } },
  needs: ['chain', 'account', 'dx'],
  example: 'model register model.onnx --description description.json --royalty 0.01',
  async run(context, { options, args }) {
    const royalty = required('royalty', options.royalty);
    const file = await prepareFile(context, args[0] ?? '', required('description', options.description));
    const included = await submit(context, 'Registering', { call: 'registerModel', ...file, royalty });
    const registered = included.events.find((event) => event.event === 'modelRegistered');
    if (registered === undefined) throw new Error('The chain reports no model in the transaction that registered it.');
    const { model, owner } = registered;
    context.out.print(`Model ${model} belongs to ${owner} (${describeIncluded(context, included)}).`);
    return { model, owner, content: file.content, ...includedDocument(context, included) };
  },
});

export const modelPublish = defineCommand({
  name: 'model publish',
  about: 'Publishes a new version of your model; open orders and agreements keep the version they have.',
  positionals: [modelPlace, filePlace],
  options: descriptionOption,
  needs: ['chain', 'account', 'dx'],
  example: 'model publish 0 model.onnx --description description.json',
  async run(context, { options, args }) {
    const model = numberArgument('MODEL', args[0]);
    const file = await prepareFile(context, args[1] ?? '', required('description', options.description));
    const included = await submit(context, 'Publishing', { call: 'publishVersion', model, ...file });
    context.out.print(`Model ${model} has a new version (${describeIncluded(context, included)}).`);
    return { model, content: file.content, ...includedDocument(context, included) };
  },
});

export const modelRoyalty = defineCommand({
  name: 'model royalty',
  about: 'Sets the royalty of your model for orders placed from now on.',
  positionals: [modelPlace, { name: 'AMOUNT', help: 'In AIRO, per inference, such as 0.01.' }],
  options: {},
  needs: ['chain', 'account'],
  example: 'model royalty 0 0.02',
  async run(context, { args }) {
    const model = numberArgument('MODEL', args[0]);
    const royalty = amountArgument('AMOUNT', args[1]);
    const included = await submit(context, 'Setting the royalty', { call: 'setRoyalty', model, royalty });
    context.out.print(
      `Model ${model} now costs ${formatAmount(royalty)} of royalty (${describeIncluded(context, included)}).`,
    );
    return { model, royalty, ...includedDocument(context, included) };
  },
});

export const modelRetire = defineCommand({
  name: 'model retire',
  about: 'Takes your model off the market for good: no new orders, versions or offers.',
  positionals: [modelPlace],
  options: {},
  needs: ['chain', 'account'],
  example: 'model retire 0',
  async run(context, { args }) {
    const model = numberArgument('MODEL', args[0]);
    const included = await submit(context, 'Retiring', { call: 'retireModel', model });
    context.out.print(`Model ${model} is retired (${describeIncluded(context, included)}).`);
    return { model, ...includedDocument(context, included) };
  },
});

export const modelTransfer = defineCommand({
  name: 'model transfer',
  about: "Gives your model's NFT to another account, which gets the royalty from then on and pays nothing.",
  details: 'To sell it, so that model and money change hands in one transaction: airo model sell',
  positionals: [modelPlace, { name: 'TO', help: 'The address of the new owner.' }],
  options: {},
  needs: ['chain', 'account'],
  example: 'model transfer 0 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
  async run(context, { args }) {
    const model = numberArgument('MODEL', args[0]);
    const to = args[1] ?? '';
    const included = await submit(context, 'Transferring', { call: 'transferModel', model, to });
    context.out.print(`Model ${model} belongs to ${to} (${describeIncluded(context, included)}).`);
    return { model, owner: to, ...includedDocument(context, included) };
  },
});

/** What a sale says of itself: `for 250 AIRO, to anybody`. */
export function describeSale({ price, reservedFor }: Sale): string {
  return `for ${formatAmount(price)}, to ${reservedFor === null ? 'anybody' : `${reservedFor} only`}`;
}

/** @throws when there is no model of this number */
export async function readModel(chain: ReadChain, id: number): Promise<Model> {
  const model = await chain.model(id);
  if (model === null) throw new Error(`There is no model ${id}. See: airo models`);
  return model;
}

/** Reads a model's file and description, and puts the file on Dx. */
async function prepareFile(
  context: Context,
  path: string,
  descriptionPath: string,
): Promise<{ readonly content: string; readonly size: number; readonly description: Description }> {
  const [data, text] = await Promise.all([read(path), read(descriptionPath)]);
  const description = parseDescription(new TextDecoder().decode(text));
  // The account is checked before anything is uploaded.
  await context.ports();
  const dx = await context.dx();
  context.out.live(`Uploading ${path} (${data.length} bytes)`);
  const { key } = await dx.upload(data, { timeoutMs: 300_000, signal: context.signal });
  context.out.note(`${path} lies on Dx as ${key}.`);
  return { content: key, size: data.length, description };
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(capitalized(fileProblem(path, error)), { cause: error });
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
