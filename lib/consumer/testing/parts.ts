/** What stands around the market in tests: Dx, a store and a clock in memory, and a provider that really decrypts. */
import { contentIdOf } from '../../dx/content-id.ts';
import { open, seal, generateKeyPair, type EnvelopeKeyPair } from '../../dx/envelope.ts';
import { NotFound } from '../../dx/errors.ts';
import { commitmentOf, frame, newSalt, packResult, unframe } from '../../inference/message.ts';
import { decodeRequest, encodeResponse } from '../../inference/open-inference.ts';
import { fromNumbers, toNumbers } from '../../inference/tensor.ts';
import type { InferenceRequest } from '../../inference/types.ts';
import type { Agreement, Answer, ContentId, Hex, Model, PublicKey, Request } from '../../market/types.ts';
import { createEnvelopes } from '../envelopes.ts';
import { keyName } from '../keys.ts';
import type { Clock, Dx, KeyPair, Ports, SentRequest, Store } from '../ports.ts';
import { genesisHash, TestMarket, type Actor } from './market.ts';

/** Dx in memory. What is in `broken` cannot be fetched; uploads fail while `uploadsFail` is true. */
export class TestDx implements Dx {
  readonly data = new Map<ContentId, Uint8Array>();
  readonly broken = new Map<ContentId, Error>();
  uploadsFail: (data: Uint8Array) => boolean = () => false;

  async upload(data: Uint8Array): Promise<{ readonly key: ContentId }> {
    if (this.uploadsFail(data)) throw Object.assign(new Error('Too few peers hold it.'), { name: 'NotReplicated' });
    const key = await contentIdOf(data);
    this.data.set(key, data);
    return { key };
  }

  download(key: ContentId): Promise<Uint8Array> {
    const data = this.data.get(key);
    const error = this.broken.get(key) ?? (data === undefined ? new NotFound(`Nobody has ${key}.`) : undefined);
    return error === undefined && data !== undefined ? Promise.resolve(data) : Promise.reject(error ?? new Error());
  }
}

/** A store in memory, which outlives a consumer in a test as the disk outlives a process. */
export class TestStore implements Store {
  readonly keys = new Map<string, Uint8Array>();
  requests: SentRequest[] = [];

  saveKey({ publicKey, privateKey }: KeyPair): Promise<void> {
    this.keys.set(keyName(publicKey), privateKey);
    return Promise.resolve();
  }

  privateKey(publicKey: PublicKey): Promise<Uint8Array | null> {
    return Promise.resolve(this.keys.get(keyName(publicKey)) ?? null);
  }

  saveSent(requests: readonly SentRequest[]): Promise<void> {
    this.requests.push(...requests);
    return Promise.resolve();
  }

  sent(agreement: number): Promise<readonly SentRequest[]> {
    return Promise.resolve(this.requests.filter((request) => request.agreement === agreement));
  }

  forgetSent(requests: readonly Pick<SentRequest, 'agreement' | 'index' | 'payload'>[]): Promise<void> {
    this.requests = this.requests.filter(
      (kept) =>
        !requests.some(
          ({ agreement, index, payload }) =>
            kept.agreement === agreement && kept.index === index && kept.payload === payload,
        ),
    );
    return Promise.resolve();
  }
}

/** A clock on which every look at it takes a millisecond, and waiting takes no time. */
export function testClock(): Clock {
  let now = 1_000_000;
  return {
    now: () => ++now,
    sleep: (ms, signal) => {
      now += ms;
      return new Promise((resolve, reject) => {
        setTimeout(() => {
          if (signal.aborted) reject(signal.reason as Error);
          else resolve();
        }, 0);
      });
    },
  };
}

/** How a provider in a test answers: doubles the numbers it gets, unless told otherwise. */
export interface Behaviour {
  readonly price?: bigint;
  /** Replaces the answer to a request. */
  readonly answer?: (honest: () => Promise<Answer>, request: Request) => Promise<Answer | null>;
  /** Replaces a result, and commits to what it has been replaced by. */
  readonly lie?: (result: Uint8Array) => Uint8Array;
  /** Spoils a result before it is sealed. */
  readonly spoil?: (result: Uint8Array) => Uint8Array;
  /** Spoils the commitment. */
  readonly commit?: (commitment: Hex) => Hex;
}

/** A provider that fetches, decrypts, computes, encrypts and uploads. */
export async function testProvider(dx: TestDx, address: string, behaviour: Behaviour = {}): Promise<Actor> {
  const keys = await generateKeyPair();
  const honest = async (agreement: Agreement, request: Request): Promise<Answer> => {
    const truth = await compute(dx, keys, agreement, request);
    const result = behaviour.lie?.(truth) ?? truth;
    const commitment = await commitmentOf(result);
    const place = { genesisHash, agreement: agreement.id, index: request.index, kind: 'result' } as const;
    const envelope = await seal(behaviour.spoil?.(result) ?? result, bytesOf(agreement.consumerKey), place);
    const { key: content } = await dx.upload(envelope);
    return { output: { content, commitment: behaviour.commit?.(commitment) ?? commitment } };
  };
  return {
    address,
    key: { scheme: 0, material: { inline: hexOf(keys.publicKey) } },
    bid: () => behaviour.price ?? 50n,
    answer: (agreement, request) => {
      const answer = async (): Promise<Answer> => {
        if (!dx.data.has(request.payload)) return { failure: 'PayloadMissing' };
        return honest(agreement, request);
      };
      return behaviour.answer === undefined ? answer() : behaviour.answer(answer, request);
    },
  };
}

async function compute(dx: TestDx, keys: EnvelopeKeyPair, { id }: Agreement, request: Request): Promise<Uint8Array> {
  const place = { genesisHash, agreement: id, index: request.index, kind: 'payload' } as const;
  const message = await open(await dx.download(request.payload), keys.privateKey, place);
  const [input] = decodeRequest(unframe(message)).inputs;
  const doubled = toNumbers(input ?? numbers(0).inputs[0] ?? fail()).map((value) => value * 2);
  const output = fromNumbers('logits', 'FP32', [1, doubled.length], doubled);
  return packResult(newSalt(), frame(encodeResponse({ model: 'model', outputs: [output] })));
}

function fail(): never {
  throw new Error('The request has no input.');
}

/** A request with these numbers. */
export function numbers(...values: readonly number[]): InferenceRequest {
  return { inputs: [fromNumbers('input', 'FP32', [1, values.length], values)] };
}

export const model: Model = {
  id: 0,
  owner: 'owner',
  royalty: 5n,
  retired: false,
  registeredAt: 0,
  offers: 1,
  newest: {
    version: 0,
    content: 'bafkrei',
    size: 1,
    publishedAt: 0,
    description: {
      name: 'Doubling',
      licence: 'Apache-2.0',
      inputs: [{ name: 'input', dataType: 'FP32', shape: [null, null] }],
      outputs: [{ name: 'logits', dataType: 'FP32', shape: [null, null] }],
      image: null,
      labels: { kind: 'none' },
      tolerance: 0.001,
    },
  },
};

export interface TestParts extends Ports {
  readonly chain: TestMarket;
  readonly dx: TestDx;
  readonly store: TestStore;
}

/** A market with these providers that makes blocks until the test is over. */
export async function startMarket(
  t: { after(undo: () => void): void },
  behaviours: readonly Behaviour[] = [{}],
): Promise<TestParts> {
  const dx = new TestDx();
  const actors = await Promise.all(behaviours.map((behaviour, i) => testProvider(dx, `provider ${i}`, behaviour)));
  const chain = new TestMarket(actors);
  chain.models_.set(0, model);
  for (const { address: provider } of actors) {
    chain.offers_.push({ provider, version: 0, timeMicroseconds: 1_000, announcedAt: 0 });
  }
  chain.start();
  t.after(() => chain.stop());
  return { chain, dx, envelopes: createEnvelopes(genesisHash), store: new TestStore(), clock: testClock() };
}

function bytesOf({ material }: PublicKey): Uint8Array {
  const digits = 'inline' in material ? (material.inline.slice(2).match(/../g) ?? []) : [];
  return Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
}

function hexOf(bytes: Uint8Array): Hex {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
