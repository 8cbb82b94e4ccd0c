/** What the demonstration prints: as tables for people, or as one document. */
import { bareAmount, duration, list, percent, table, toJson, type Column } from '../../cli/output.ts';
import type { InferenceResult, Stage } from '../../lib/consumer/index.ts';
import { classify, labelNames } from '../../lib/inference/classify.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Address, Description } from '../../lib/market/types.ts';
import type { Check, Snapshot } from './books.ts';
import type { RegisteredModel } from './marketplace.ts';
import type { Purchase } from './purchase.ts';

/** Everything that happened. */
export interface Story extends Purchase {
  readonly model: RegisteredModel;
  readonly description: Description;
  readonly names: ReadonlyMap<Address, string>;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly checks: readonly Check[];
}

/** The steps of an inference, with what a column is called. */
const steps: readonly (readonly [string, Stage, Stage])[] = [
  ['UPLOADED', 'sealed', 'uploaded'],
  ['REQUESTED', 'uploaded', 'requested'],
  ['ANSWERED', 'requested', 'answered'],
  ['DOWNLOADED', 'answered', 'downloaded'],
  ['OPENED', 'downloaded', 'opened'],
];

/** All tables. */
export function tablesOf(story: Story): string {
  const { results, description, agreement } = story;
  const { royalty, counts } = agreement;
  const paid = formatAmount(BigInt(counts.delivered) * royalty);
  return [
    '',
    resultsTable(results, description),
    '',
    contentTable(results),
    '',
    balancesTable(story),
    '',
    `Royalty: ${paid} for ${counts.delivered} answers, to the owner of the model's NFT.`,
    checksList(story.checks),
    '',
  ].join('\n');
}

/** The same as one JSON document; amounts are texts in the smallest unit, times are milliseconds. */
export function documentOf({ results, description, names, before, after, checks, ...story }: Story): string {
  const { agreement, model, order, bids } = story;
  return toJson({
    model: { id: model.id, content: model.content, owner: model.owner, name: description.name },
    order: { id: order.id, maxPrice: order.maxPrice, inferences: order.inferences },
    bids: bids.map((bid) => ({ ...bid, name: names.get(bid.provider) })),
    agreement,
    results: results.map((result) => ({ ...withoutTensors(result), classes: classesOf(result, description) })),
    balances: [...names].map(([address, name]) => ({
      ...{ address, name },
      ...{ before: before.accounts.get(address), after: after.accounts.get(address) },
    })),
    royalty: BigInt(agreement.counts.delivered) * agreement.royalty,
    checks: checks.map((check) => ({ ...check, right: check.expected === check.actual })),
  });
}

/** Tensors are for programs that run models, not for a document that people look at too. */
function withoutTensors(result: InferenceResult): object {
  if (result.state !== 'answered') return result;
  const { response: _, ...rest } = result;
  return rest;
}

/** The most probable classes of a result. */
function classesOf(result: InferenceResult, { labels }: Description, count = 3) {
  const [logits] = result.state === 'answered' ? result.response.outputs : [];
  return logits === undefined ? [] : classify(logits, count, labelNames(labels));
}

/** One line for each image: what it is, where payload and result lie, how long each step took, what it cost. */
function resultsTable(results: readonly InferenceResult[], description: Description): string {
  const right = (head: string): Column => ({ head, align: 'right' });
  const columns: Column[] = [
    'IMAGE',
    'CLASSES',
    ...[...steps.map(([head]) => head), 'ALL'].map(right),
    right('PRICE (AIRO)'),
  ];
  const rows = results.map((result) => {
    const classes = classesOf(result, description).map(({ label, probability }) => `${label} ${percent(probability)}`);
    const text = result.state === 'answered' ? classes.join(', ') : `${result.state}: ${explanationOf(result)}`;
    const times = steps.map(([, from, to]) => between(result, from, to));
    const price = bareAmount('paid' in result ? result.paid : 0n);
    return [result.label, text, ...times, between(result, 'sealed', 'opened'), price];
  });
  return table(columns, rows, 'There are no results.');
}

/** Where payloads and results lie on Dx. */
function contentTable(results: readonly InferenceResult[]): string {
  const rows = results.map((result) => [result.label, result.payload ?? '-', 'result' in result ? result.result : '-']);
  return table(['IMAGE', 'PAYLOAD', 'RESULT'], rows, 'There are no results.');
}

/** What each account had and has. */
function balancesTable({ names, before, after }: Story): string {
  const right = (head: string): Column => ({ head, align: 'right' });
  return table(
    ['ACCOUNT', right('BEFORE (AIRO)'), right('AFTER (AIRO)'), right('CHANGE (AIRO)')],
    [...names].map(([address, name]) => {
      const [had, has] = [before.accounts.get(address) ?? 0n, after.accounts.get(address) ?? 0n];
      return [name, bareAmount(had), bareAmount(has), bareAmount(has - had)];
    }),
    'There are no accounts.',
  );
}

/** Each check of the books with its verdict. */
function checksList(checks: readonly Check[]): string {
  return list(
    checks.map(({ what, expected, actual }) => [
      expected === actual ? 'right' : 'WRONG',
      expected === actual
        ? `${what}: ${formatAmount(actual)}`
        : `${what}: ${formatAmount(actual)}, and not ${formatAmount(expected)}`,
    ]),
  );
}

function between({ times }: InferenceResult, from: Stage, to: Stage): string {
  const [start, end] = [times[from], times[to]];
  return start === undefined || end === undefined ? '-' : duration(end - start);
}

function explanationOf(result: InferenceResult): string {
  return 'explanation' in result ? result.explanation : '';
}
