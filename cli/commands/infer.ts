/** `airo infer` and `airo collect`: from files to results. */
import { bestBids } from '../../lib/consumer/choose.ts';
import { compareResults } from '../../lib/consumer/compare.ts';
import { forget, infer, openAgreement, resume } from '../../lib/consumer/infer.ts';
import { readOrder } from '../../lib/consumer/orders.ts';
import { settlement } from '../../lib/consumer/settlement.ts';
import type { InferenceResult, Input } from '../../lib/consumer/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Agreement, Description } from '../../lib/market/types.ts';
import { UsageError } from '../../scripts/lib/options.ts';
import { defineCommand, PartialFailure, type Context } from '../command.ts';
import { readInputs } from '../inputs.ts';
import { agreementArgument, agreementPlace } from '../newest.ts';
import { counted, table } from '../output.ts';
import { progressOf, readLabels, resultDocument, resultTable, stageTable } from '../results.ts';
import { submit } from '../transactions.ts';
import { readAgreement } from './agreements.ts';
import { readModel } from './models.ts';
import { acceptThem, place, termOptions, waitForBids, whyNoBids, wishFrom } from './orders.ts';

export const inferCommand = defineCommand({
  name: 'infer',
  about: 'Infers on files in an agreement; or, with --model, orders, takes the best bid, infers, and settles.',
  details: `A PNG or JPEG becomes the model's input as its description says. A .json file is a request of the Open
Inference Protocol, any other file one in Airo's binary framing.

What was sent and not collected before this command ended, for whatever reason, is collected by: airo collect AGREEMENT`,
  positionals: [
    { ...agreementPlace, help: `${agreementPlace.help} With --model a file.` },
    { name: 'FILE', help: 'A file to infer on.', optional: true, many: true },
  ],
  options: {
    model: { type: 'index', help: 'Do all of it: order inferences of this model, one for each file.' },
    ...termOptions,
  },
  needs: ['chain', 'account', 'dx'],
  example: 'infer --model 0 --max-price 0.5 seven.png three.png',
  async run(context, { options, args }) {
    if (options.model !== undefined) {
      const { chain } = await context.ports();
      const { newest } = await readModel(chain, options.model);
      const inputs = await readInputs(args, newest.description);
      const wish = wishFrom(options.model, inputs.length, options);
      const { id } = await place(context, wish);
      return whole(context, id, wish.providers ?? 1, newest.description, inputs);
    }
    const given = Object.keys(termOptions).find((name) => options[name as keyof typeof termOptions] !== undefined);
    if (given !== undefined) throw new UsageError(`--${given} belongs to an order: give --model with it.`);
    const [first, ...files] = args;
    const id = await agreementArgument(context, first);
    if (files.length === 0) throw new UsageError('FILE is missing: a file to infer on.');
    const ports = await context.ports();
    const { agreement } = await openAgreement(ports, id);
    const description = await describe(context, agreement);
    const inputs = await readInputs(files, description);
    const results = await inferIn(context, agreement, inputs);
    return conclude(context, agreement, description, results);
  },
});

export const collect = defineCommand({
  name: 'collect',
  about: 'Collects the results of requests that were sent before and not collected yet.',
  details: `A request that was written down when a command ended and did not get to the chain is sent with --send, for the very
place in the agreement that it was sealed for. The chain gives a place once, so it is not paid twice.`,
  positionals: [agreementPlace],
  options: { send: { type: 'flag', help: 'Also send what was written down and is not on chain.' } },
  needs: ['chain', 'account', 'dx'],
  example: 'collect 3',
  async run(context, { options: { send }, args }) {
    const id = await agreementArgument(context, args[0]);
    const ports = await context.ports();
    const { agreement } = await openAgreement(ports, id);
    const total = (await ports.store.sent(id)).length;
    const undo = context.remains(`agreement ${id} has results to come: airo collect ${id}`);
    const options = { keep: true, signal: context.signal, onEvent: progressOf(context.out, total) };
    // Files are not kept, so what has lost its place to another request cannot be sealed for a new one.
    const again = { again: () => Promise.resolve(null) };
    const results = await gather(resume(ports, id, send ? { ...options, ...again } : options));
    undo();
    if (results.some((result) => result.state === 'notSent' && !result.final)) {
      context.out.note(`What is not on chain is sent by: airo collect ${id} --send`);
    }
    return conclude(context, agreement, await describe(context, agreement), results);
  },
});

/** From an order on: waits for bids, accepts, infers with each provider, compares, settles. */
async function whole(
  context: Context,
  id: number,
  providers: number,
  description: Description,
  inputs: readonly Input[],
): Promise<unknown> {
  const { chain } = await context.ports();
  const open = context.remains(`order ${id} is still open: airo cancel ${id}`);
  await waitForBids(context, id);
  const seen = await readOrder(chain, id);
  const chosen = await bestBids(chain, seen, providers);
  if (chosen.length < providers) {
    const found =
      chosen.length === 0 ? await whyNoBids(chain, seen) : `Only ${counted(chosen.length, 'provider')} bid.`;
    await submit(context, 'Cancelling', { call: 'cancelOrder', order: id });
    open();
    throw new Error(`${found} The order is cancelled, and nothing was spent.`);
  }
  const { agreements } = await acceptThem(
    context,
    id,
    chosen.map(({ provider }) => provider),
  );
  open();
  const outcomes = await Promise.all(agreements.map((agreement) => inferIn(context, agreement, inputs)));
  const documents: unknown[] = [];
  let shortfall = '';
  for (const [i, agreement] of agreements.entries()) {
    const results = outcomes[i] ?? [];
    // What was not sent would stay in escrow until the agreement's end.
    if (results.some(({ state }) => state === 'notSent')) await endIfActive(context, agreement);
    try {
      documents.push(await conclude(context, agreement, description, results));
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error;
      documents.push(error.document);
      shortfall = error.message;
    }
  }
  const document = { order: id, agreements: documents, ...compared(context, description, inputs, outcomes) };
  if (shortfall !== '') throw new PartialFailure(shortfall, document);
  return document;
}

async function endIfActive(context: Context, { id }: Agreement): Promise<void> {
  const { chain } = await context.ports();
  if ((await readAgreement(chain, id)).state.kind === 'active') {
    await submit(context, 'Ending', { call: 'endAgreement', agreement: id });
  }
}

/** Infers in one agreement, and gives the results in the order of the inputs. */
async function inferIn(
  context: Context,
  { id }: Agreement,
  inputs: readonly Input[],
): Promise<readonly InferenceResult[]> {
  const ports = await context.ports();
  const undo = context.remains(`agreement ${id} has results to come: airo collect ${id}; end it: airo end ${id}`);
  const options = { keep: true, signal: context.signal, onEvent: progressOf(context.out, inputs.length) };
  const results = await gather(infer(ports, id, inputs, options));
  undo();
  return results;
}

async function gather(found: AsyncIterable<InferenceResult>): Promise<readonly InferenceResult[]> {
  const results: InferenceResult[] = [];
  for await (const result of found) results.push(result);
  return results.sort((a, b) => (a.input ?? a.index ?? 0) - (b.input ?? b.index ?? 0));
}

/** Shows results and money; fails when not every input has a result. */
async function conclude(
  context: Context,
  { id }: Agreement,
  description: Description,
  results: readonly InferenceResult[],
): Promise<unknown> {
  const { out } = context;
  const { chain } = await context.ports();
  const labels = await readLabels(description, context);
  const agreement = await readAgreement(chain, id);
  const money = settlement(agreement);
  out.live('');
  out.print(`\n${resultTable(results, description, labels)}`);
  const times = stageTable(results);
  if (times !== '') out.print(`\n${times}`);
  out.print(
    `\nAgreement ${id} with ${agreement.provider}: ${formatAmount(money.paid)} paid (${formatAmount(money.toOwner)} of it ` +
      `royalty), ${formatAmount(money.refunded)} refunded, ${formatAmount(money.escrow)} in escrow. ` +
      'Blocks that are not final yet can still be replaced.',
  );
  const document = {
    agreement: id,
    provider: agreement.provider,
    price: agreement.price,
    settlement: money,
    results: results.map((result) => resultDocument(result, description, labels)),
  };
  const { store } = await context.ports();
  context.afterwards(() => forget({ store }, id, results));
  const answered = results.filter(({ state }) => state === 'answered').length;
  if (answered < results.length) {
    throw new PartialFailure(`${results.length - answered} of ${results.length} inputs have no result.`, document);
  }
  return document;
}

/** Whether several providers agree, input by input. */
function compared(
  { out }: Context,
  description: Description,
  inputs: readonly Input[],
  outcomes: readonly (readonly InferenceResult[])[],
): object {
  if (outcomes.length < 2) return {};
  const comparisons = inputs.map(({ label }, input) => {
    const responses = outcomes.map((results) => {
      const result = results.find((candidate) => candidate.input === input);
      return result?.state === 'answered' ? result.response : null;
    });
    return { input: label, ...compareResults(description, responses) };
  });
  out.print('');
  out.print(
    table(
      ['INPUT', 'PROVIDERS'],
      comparisons.map(({ input, agree, majority }) => [
        input,
        agree ? 'agree' : majority === null ? 'disagree' : `${majority.length} of ${outcomes.length} agree`,
      ]),
      '',
    ),
  );
  return { comparisons };
}

async function describe(context: Context, { model, version }: Agreement): Promise<Description> {
  const chain = await context.chain();
  const found = await chain.modelVersion(model, version);
  if (found === null) throw new Error(`Version ${version} of model ${model} is not on the chain any more.`);
  return found.description;
}
