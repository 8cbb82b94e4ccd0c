/** The chain's values as the market speaks of them. */
import type * as chain from './generated/chain.ts';
import { BILLION, contentIdOf, MILLION, peerIdOf, textOf, toNumber } from './identifiers.ts';
import type {
  Agreement,
  AgreementState,
  Bid,
  DataType,
  Description,
  ImageInput,
  Labels,
  Model,
  ModelVersion,
  Offer,
  Order,
  OrderRequest,
  Outcome,
  Output,
  Period,
  Profile,
  Provider,
  PublicKey,
  Record,
  Request,
  Role,
  Sale,
  TensorSpec,
} from '../market/types.ts';

export function model({ id, owner, model: stored, newest }: chain.ModelView): Model {
  // The pallet publishes the first version with the model and removes versions with it only.
  if (newest === null) throw new Error(`The chain has model ${id}, but not its newest version.`);
  const { royalty, retired, registeredAt, offers, version } = stored;
  return { id, owner, royalty, retired, registeredAt, offers, newest: modelVersion(version, newest) };
}

export function modelVersion(version: number, stored: chain.Version): ModelVersion {
  return {
    version,
    content: contentIdOf(stored.content),
    size: toNumber(stored.size),
    description: description(stored.description),
    publishedAt: stored.publishedAt,
  };
}

export function sale([price, reservedFor]: chain.Storage['nfts.itemPriceOf']['value']): Sale {
  return { price, reservedFor };
}

export function description(stored: chain.Description): Description {
  return {
    name: textOf(stored.name),
    licence: textOf(stored.licence),
    inputs: stored.inputs.map(tensorSpec),
    outputs: stored.outputs.map(tensorSpec),
    image: stored.image === null ? null : imageInput(stored.image),
    labels: labels(stored.labels),
    tolerance: stored.tolerance / MILLION,
  };
}

function tensorSpec({ name, dataType, shape }: chain.TensorSpec): TensorSpec {
  return {
    name: textOf(name),
    dataType: dataType.toUpperCase() as DataType,
    shape: shape.map((dimension) => (dimension === 'Dynamic' ? null : dimension.Fixed)),
  };
}

function imageInput({ channels, layout, fit, mean, std }: chain.ImageInput): ImageInput {
  return {
    channels: lower(channels),
    layout: lower(layout),
    fit: lower(fit),
    mean: mean.map((millionths) => millionths / MILLION),
    std: std.map((millionths) => millionths / MILLION),
  };
}

function labels(stored: chain.Labels): Labels {
  if (stored === 'None') return { kind: 'none' };
  if ('Inline' in stored) return { kind: 'inline', names: stored.Inline.map(textOf) };
  return { kind: 'content', content: contentIdOf(stored.Content) };
}

export function publicKey({ scheme, material }: chain.PublicKey): PublicKey {
  return {
    scheme,
    material: 'Inline' in material ? { inline: material.Inline } : { content: contentIdOf(material.Content) },
  };
}

export function profile(stored: chain.Profile): Profile {
  const { name, key, peer, peerProof, kind } = stored;
  return { name: textOf(name), key: publicKey(key), peer: peerIdOf(peer), peerProof, kind: lower(kind) };
}

export function provider({ account, provider: stored, models }: chain.ProviderView): Provider {
  const { operator, stake, reserved, openBids, openAgreements, registeredAt, leavesAt } = stored;
  return {
    account,
    profile: profile(stored.profile),
    ...{ operator, stake, reserved, openBids, openAgreements, registeredAt, leavesAt, models },
  };
}

export function offer(account: chain.Address, { version, timeUs, announcedAt }: chain.Offer): Offer {
  return { provider: account, version, timeMicroseconds: timeUs, announcedAt };
}

export function orderRequest(stored: chain.OrderRequest): OrderRequest {
  const { minRecord, key, ...same } = stored;
  return {
    ...same,
    minRecord: { delivered: toNumber(minRecord.delivered), reliability: minRecord.reliability / BILLION },
    key: publicKey(key),
  };
}

export function order({ id, order: stored, bids }: chain.OrderView): Order {
  const { consumer, version, royalty, placedAt, bidsUntil, acceptUntil, reserve, held } = stored;
  return {
    ...orderRequest(stored.request),
    id: toNumber(id),
    ...{ consumer, version, royalty, placedAt, bidsUntil, acceptUntil, reserve, held },
    bids: bids.map(({ provider: bidder, price, at }): Bid => ({ provider: bidder, price, at })),
  };
}

export function agreement(id: number, stored: chain.Agreement): Agreement {
  const { deposit, firstOpenPage, prunedPages, order: orderId, consumerKey, providerKey, state, ...same } = stored;
  return {
    id,
    order: toNumber(orderId),
    ...same,
    consumerKey: publicKey(consumerKey),
    providerKey: publicKey(providerKey),
    state: agreementState(state),
  };
}

function agreementState(state: chain.State): AgreementState {
  if (state === 'Active') return { kind: 'active' };
  const { at, how } = state.Ended;
  return { kind: 'ended', at, how: ends[how] };
}

export const ends = {
  Expired: 'expired',
  Completed: 'completed',
  ByConsumer: 'byConsumer',
  Abandoned: 'abandoned',
} as const;

export function request({ index, slot }: chain.IndexedSlot): Request {
  return {
    index,
    payload: contentIdOf(slot.payload),
    requestedAt: slot.requestedAt,
    outcome: outcome(slot.outcome),
  };
}

function outcome(stored: chain.Outcome): Outcome {
  if (stored === 'Pending') return { state: 'pending' };
  if (stored === 'Missed') return { state: 'missed' };
  if ('Answered' in stored) return { state: 'answered', output: output(stored.Answered.output), at: stored.Answered.at };
  if ('Settled' in stored) return { state: 'settled', output: output(stored.Settled.output), at: stored.Settled.at };
  return { state: 'failed', ...stored.Failed };
}

function output({ content, commitment }: chain.Output): Output {
  return { content: contentIdOf(content), commitment };
}

export function role(stored: chain.Role): Role {
  return lower(stored);
}

export function record(stored: chain.Record): Record {
  const { deposit, left, retained, delivered, missed, consumerFaults, providerFaults, ...same } = stored;
  return {
    ...same,
    delivered: toNumber(delivered),
    missed: toNumber(missed),
    consumerFaults: toNumber(consumerFaults),
    providerFaults: toNumber(providerFaults),
  };
}

export function period({ agreed, delivered, failed, missed, ...same }: chain.Period): Period {
  return {
    ...same,
    agreed: toNumber(agreed),
    delivered: toNumber(delivered),
    failed: toNumber(failed),
    missed: toNumber(missed),
  };
}

function lower<T extends string>(name: T): Lowercase<T> {
  return name.toLowerCase() as Lowercase<T>;
}
