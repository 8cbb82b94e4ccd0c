/** The market's values as the chain takes them. What the chain could not even decode is refused here, by name. */
import type * as chain from './generated/chain.ts';
import { isBytes } from './bytes.ts';
import {
  address,
  amount,
  BILLION,
  contentIdToHex,
  InvalidValue,
  MILLION,
  partsOf,
  peerIdToHex,
  textToHex,
  whole,
} from './identifiers.ts';
import type {
  Address,
  Answer,
  Description,
  Hex,
  ImageInput,
  Labels,
  Operator,
  OrderRequest,
  Profile,
  PublicKey,
  TensorSpec,
} from '../market/types.ts';

/** The bounds of what the pallets store; a call that exceeds them cannot be decoded by the chain. */
const limits = { text: 64, label: 32, labels: 32, tensors: 8, dimensions: 8, channels: 4, key: 128 } as const;

export function description(value: Description): chain.Description {
  return {
    name: text(value.name, "The model's name"),
    licence: text(value.licence, "The model's licence"),
    inputs: few(value.inputs, limits.tensors, "The list of the model's inputs").map(tensorSpec),
    outputs: few(value.outputs, limits.tensors, "The list of the model's outputs").map(tensorSpec),
    image: value.image === null ? null : imageInput(value.image),
    labels: labels(value.labels),
    tolerance: partsOf(value.tolerance, MILLION, 'The tolerance'),
  };
}

function tensorSpec({ name, dataType, shape }: TensorSpec): chain.TensorSpec {
  return {
    name: text(name, "A tensor's name"),
    dataType: capital(dataType),
    shape: few(shape, limits.dimensions, 'The shape of a tensor').map((size) =>
      size === null ? 'Dynamic' : { Fixed: whole(size, 'A dimension') },
    ),
  };
}

function imageInput({ channels, layout, fit, mean, std }: ImageInput): chain.ImageInput {
  const signed = { min: -(2 ** 31), max: 2 ** 31 - 1 };
  return {
    channels: capital(channels),
    layout: capital(layout),
    fit: capital(fit),
    mean: few(mean, limits.channels, 'The list of means').map((each) => partsOf(each, MILLION, 'A mean', signed)),
    std: few(std, limits.channels, 'The list of standard deviations').map((each) =>
      partsOf(each, MILLION, 'A standard deviation'),
    ),
  };
}

function labels(value: Labels): chain.Labels {
  switch (value.kind) {
    case 'none':
      return 'None';
    case 'inline':
      return {
        Inline: few(value.names, limits.labels, 'The list of labels').map((name) => text(name, 'A label', limits.label)),
      };
    case 'content':
      return { Content: contentIdToHex(value.content) };
  }
}

export function publicKey({ scheme, material }: PublicKey): chain.PublicKey {
  return {
    scheme: whole(scheme, 'The scheme of a public key', 16),
    material:
      'inline' in material
        ? { Inline: bytes(material.inline, 'A public key', { most: limits.key }) }
        : { Content: contentIdToHex(material.content) },
  };
}

export function profile({ name, key, peer, peerProof, kind }: Profile): chain.Profile {
  return {
    name: text(name, "The provider's name"),
    key: publicKey(key),
    peer: peerIdToHex(peer),
    peerProof: bytes(peerProof, "The peer's signature", { exactly: 64 }),
    kind: capital(kind),
  };
}

export function operator(value: Operator | null): chain.Operator | null {
  if (value === null) return null;
  return {
    account: address(value.account),
    floorPrice: amount(value.floorPrice, 'The floor price'),
    maxOpen: whole(value.maxOpen, 'The most open bids and agreements'),
  };
}

export function orderRequest(value: OrderRequest): chain.OrderRequest {
  const { minRecord } = value;
  return {
    model: whole(value.model, 'The model'),
    inferences: whole(value.inferences, 'The number of inferences'),
    maxPrice: amount(value.maxPrice, 'The highest price'),
    biddingPeriod: whole(value.biddingPeriod, 'The bidding period'),
    acceptancePeriod: whole(value.acceptancePeriod, 'The acceptance period'),
    responseDeadline: whole(value.responseDeadline, 'The response deadline'),
    lifetime: whole(value.lifetime, 'The lifetime'),
    providers: whole(value.providers, 'The number of providers'),
    maxInFlight: whole(value.maxInFlight, 'The number of requests in flight'),
    minStake: amount(value.minStake, 'The stake asked for'),
    minRecord: {
      delivered: BigInt(whole(minRecord.delivered, 'The number of delivered inferences asked for', 53)),
      reliability: partsOf(minRecord.reliability, BILLION, 'The reliability asked for', { max: BILLION }),
    },
    key: publicKey(value.key),
    sender: value.sender === null ? null : address(value.sender),
  };
}

export function answer(value: Answer): chain.Answer {
  if ('failure' in value) return { Failure: value.failure };
  const { content, commitment } = value.output;
  return {
    Output: { content: contentIdToHex(content), commitment: bytes(commitment, 'A commitment', { exactly: 32 }) },
  };
}

export function accounts(addresses: readonly Address[]): readonly Address[] {
  return addresses.map(address);
}

function text(value: string, what: string, most: number = limits.text): Hex {
  const encoded = textToHex(value);
  const length = byteLength(encoded);
  if (length > most) throw new InvalidValue(`${what} is longer than ${most} bytes in UTF-8 (${length}). Shorten it.`);
  return encoded;
}

function bytes(value: Hex, what: string, { most, exactly }: { most?: number; exactly?: number }): Hex {
  if (!isBytes(value)) throw new InvalidValue(`${what} is not in hexadecimal: 0x and two digits for each byte are wanted.`);
  const length = byteLength(value);
  if (exactly !== undefined && length !== exactly) {
    throw new InvalidValue(`${what} has ${length} bytes; ${exactly} are wanted.`);
  }
  if (most !== undefined && length > most) throw new InvalidValue(`${what} has ${length} bytes; at most ${most} fit.`);
  return value;
}

function few<T>(list: readonly T[], most: number, what: string): readonly T[] {
  if (list.length > most) throw new InvalidValue(`${what} has ${list.length} entries; at most ${most} fit.`);
  return list;
}

function byteLength(hex: Hex): number {
  return (hex.length - 2) / 2;
}

function capital<T extends string>(name: T): Capitalize<Lowercase<T>> {
  return `${name.charAt(0).toUpperCase()}${name.slice(1).toLowerCase()}` as Capitalize<Lowercase<T>>;
}
