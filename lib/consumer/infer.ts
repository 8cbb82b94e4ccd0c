/** Inferring: inputs in, results out, with money only for what was answered. */
import { frame } from '../inference/message.ts';
import { encodeRequest } from '../inference/open-inference.ts';
import type { Agreement } from '../market/types.ts';
import { collect } from './collect.ts';
import { Channel } from './concurrency.ts';
import { KeyMissing, UnknownAgreement } from './errors.ts';
import type { Ports } from './ports.ts';
import { send } from './send.ts';
import { Session, unknownAgreement, type Entry, type ResumeOptions, type TransferOptions } from './session.ts';
import type { InferenceResult, Input } from './types.ts';

/**
 * Sends inputs to an agreement's provider and yields what becomes of each, as it comes, until each has a result. Whoever
 * stops early, or crashes, gets the rest by {@link resume}: a result counts as collected when the next one is asked for,
 * or, with the option `keep`, when {@link forget} is called for it.
 *
 * @throws {UnknownAgreement} when there is none of this number, or the account may not send requests in it
 * @throws {KeyMissing} when the key that opens its results is not in the store
 * @throws {InvalidTensor} when an input cannot be framed; nothing was sent then
 */
export async function* infer(
  ports: Ports,
  agreement: number,
  inputs: readonly Input[],
  options: TransferOptions = {},
): AsyncGenerator<InferenceResult, void, void> {
  yield* work(ports, agreement, { queue: queueOf(inputs), registered: [] }, options);
}

/**
 * Collects the results of requests that were sent before and that nobody has got yet. A request that was written down and
 * is not on chain is sent for its place with the option `again`, and comes as `notSent` without it, after some blocks in
 * which it could still have got there.
 *
 * @throws as {@link infer} does
 */
export async function* resume(
  ports: Ports,
  agreement: number,
  options: ResumeOptions = {},
): AsyncGenerator<InferenceResult, void, void> {
  const sent = await ports.store.sent(agreement);
  const registered = sent.map(({ index, payload, label }) => ({
    ...entryOf({ label, isRecovered: true }),
    ...{ index, payload },
  }));
  yield* work(ports, agreement, { queue: queueOf(options.inputs ?? []), registered }, options);
}

/**
 * Reads an agreement of this account, and the key that opens its results.
 *
 * @throws {UnknownAgreement} when there is none of this number, or the account may not send requests in it
 * @throws {KeyMissing} when the key is not in the store
 */
export async function openAgreement(
  { chain, store }: Pick<Ports, 'chain' | 'store'>,
  id: number,
): Promise<{ readonly agreement: Agreement; readonly privateKey: Uint8Array }> {
  const agreement = await chain.agreement(id);
  if (agreement === null) throw new UnknownAgreement(unknownAgreement(id));
  const { address } = chain.account;
  if (agreement.consumer !== address && agreement.sender !== address) {
    throw new UnknownAgreement(
      `Agreement ${id} belongs to ${agreement.consumer}, and ${address} may send nothing in it. Use that account.`,
    );
  }
  const privateKey = await store.privateKey(agreement.consumerKey);
  if (privateKey === null) {
    throw new KeyMissing(
      `The key that opens the results of agreement ${id} is not here. It was made where order ${agreement.order} was placed; go on there.`,
    );
  }
  return { agreement, privateKey };
}

/**
 * Forgets the requests whose results have arrived where they are wanted, so that {@link resume} gives them no more. One
 * whose result is missing is kept, because it can still turn up.
 */
export async function forget(
  { store }: Pick<Ports, 'store'>,
  agreement: number,
  results: readonly InferenceResult[],
): Promise<void> {
  const isDone = (result: InferenceResult) =>
    result.state === 'notSent' ? result.final : result.state !== 'resultMissing';
  const done = new Set(results.filter(isDone).map(({ payload }) => payload));
  const sent = await store.sent(agreement);
  await store.forgetSent(sent.filter(({ payload }) => done.has(payload)));
}

async function* work(
  ports: Ports,
  id: number,
  entries: { readonly queue: Entry[]; readonly registered: Entry[] },
  options: ResumeOptions,
): AsyncGenerator<InferenceResult, void, void> {
  const { privateKey } = await openAgreement(ports, id);
  if (entries.queue.length + entries.registered.length === 0) return;
  const own = new AbortController();
  const signal = options.signal === undefined ? own.signal : AbortSignal.any([options.signal, own.signal]);
  const channel = new Channel<InferenceResult>();
  const session = new Session(ports, { id, privateKey }, entries, { ...options, signal, channel });

  const failing = (task: Promise<void>) =>
    task.catch((error: unknown) => {
      channel.fail(error);
      own.abort(error);
    });
  const following = failing(session.follow());
  const tasks = Promise.all([failing(send(session)), failing(collect(session))]).then(() => channel.close());
  try {
    for await (const result of channel) {
      yield result;
      if (options.keep !== true) await forget(ports, id, [result]);
    }
  } finally {
    own.abort();
    await Promise.all([tasks, following]);
  }
}

function queueOf(inputs: readonly Input[]): Entry[] {
  return inputs.map(({ label, request }, input) => {
    const bytes = request instanceof Uint8Array ? request : frame(encodeRequest(request));
    return entryOf({ input, label, bytes });
  });
}

function entryOf({
  input = null,
  label,
  bytes = null,
  isRecovered = false,
}: Partial<Entry> & Pick<Entry, 'label'>): Entry {
  return {
    ...{ input, label, bytes, isRecovered, times: {}, index: null, payload: null },
    ...{ triedIn: null, registeredIn: 0, fetching: false },
  };
}
