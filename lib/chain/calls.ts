/** The market's calls as calls of the runtime. */
import type { Calls } from './generated/chain.ts';
import * as encode from './encode.ts';
import { address, amount, contentIdToHex, InvalidValue, whole } from './identifiers.ts';
import type { State } from './state.ts';
import type { Call } from '../market/chain.ts';

/** A call of the runtime with its arguments. */
export type RuntimeCall = {
  readonly [Name in keyof Calls]: { readonly name: Name; readonly args: Calls[Name] };
}[keyof Calls];

/**
 * The calls of one transaction.
 *
 * @throws {InvalidValue} when there are none
 */
export function atLeastOne(call: Call | readonly Call[]): readonly Call[] {
  const calls = 'call' in call ? [call] : call;
  if (calls.length === 0) throw new InvalidValue('There is no call to submit. Give at least one.');
  return calls;
}

/** What a call needs to know of the chain. */
export interface CallContext {
  /** The number of the collection of all models' NFTs. */
  collection(): Promise<number>;
}

/**
 * Encodes calls of the market for the runtime.
 *
 * @throws {InvalidValue} when a value of them cannot be kept by the chain
 */
export function encodeCalls(calls: readonly Call[], state: Pick<State, 'collection'>): Promise<readonly RuntimeCall[]> {
  const collection = async () => (await state.collection('best')) ?? 0;
  return Promise.all(calls.map((call) => runtimeCall(call, { collection })));
}

/** Encodes one of them, see {@link encodeCalls}. */
export async function runtimeCall(call: Call, context: CallContext): Promise<RuntimeCall> {
  return isNftCall(call) ? nftCall(call, await context.collection()) : encodeCall(call);
}

/** The calls for which the models' NFTs have to be named by their collection. */
type NftCall = Extract<Call, { readonly call: 'transferModel' | 'sellModel' | 'unsellModel' | 'buyModel' }>;

function isNftCall(call: Call): call is NftCall {
  return ['transferModel', 'sellModel', 'unsellModel', 'buyModel'].includes(call.call);
}

function nftCall(call: NftCall, collection: number): RuntimeCall {
  const item = model(call);
  switch (call.call) {
    case 'transferModel':
      return { name: 'nfts.transfer', args: [collection, item, address(call.to)] };
    case 'sellModel': {
      const { reservedFor } = call;
      const buyer = reservedFor === null ? null : address(reservedFor);
      return { name: 'nfts.setPrice', args: [collection, item, salePrice(call.price), buyer] };
    }
    case 'unsellModel':
      return { name: 'nfts.setPrice', args: [collection, item, null, null] };
    case 'buyModel':
      return { name: 'nfts.buyItem', args: [collection, item, amount(call.atMost, 'The price')] };
  }
}

function encodeCall(call: Exclude<Call, NftCall>): RuntimeCall {
  switch (call.call) {
    case 'registerModel':
      return {
        name: 'marketplace.registerModel',
        args: [
          contentIdToHex(call.content),
          size(call.size),
          encode.description(call.description),
          amount(call.royalty, 'The royalty'),
        ],
      };
    case 'publishVersion':
      return {
        name: 'marketplace.publishVersion',
        args: [model(call), contentIdToHex(call.content), size(call.size), encode.description(call.description)],
      };
    case 'setRoyalty':
      return { name: 'marketplace.setRoyalty', args: [model(call), amount(call.royalty, 'The royalty')] };
    case 'retireModel':
      return { name: 'marketplace.retireModel', args: [model(call)] };
    case 'purgeModel':
      return { name: 'marketplace.purgeModel', args: [model(call)] };
    case 'registerProvider':
      return {
        name: 'marketplace.registerProvider',
        args: [encode.profile(call.profile), encode.operator(call.operator), amount(call.stake, 'The stake')],
      };
    case 'updateProfile':
      return { name: 'marketplace.updateProfile', args: [encode.profile(call.profile)] };
    case 'setOperator':
      return { name: 'marketplace.setOperator', args: [encode.operator(call.operator)] };
    case 'raiseStake':
      return { name: 'marketplace.raiseStake', args: [amount(call.by, 'What is added to the stake')] };
    case 'announce':
      return {
        name: 'marketplace.announce',
        args: [model(call), whole(call.version, 'The version'), whole(call.timeMicroseconds, 'The time')],
      };
    case 'withdrawOffer':
      return { name: 'marketplace.withdrawOffer', args: [model(call)] };
    case 'leave':
      return { name: 'marketplace.leave', args: [] };
    case 'withdrawStake':
      return { name: 'marketplace.withdrawStake', args: [] };
    case 'placeOrder':
      return { name: 'marketplace.placeOrder', args: [encode.orderRequest(call.request)] };
    case 'cancelOrder':
      return { name: 'marketplace.cancelOrder', args: [order(call)] };
    case 'acceptBids':
      return { name: 'marketplace.acceptBids', args: [order(call), encode.accounts(call.providers)] };
    case 'placeBid':
      return { name: 'marketplace.placeBid', args: [order(call), amount(call.price, 'The price')] };
    case 'improveBid':
      return { name: 'marketplace.improveBid', args: [order(call), amount(call.price, 'The price')] };
    case 'request':
      return {
        name: 'execution.request',
        args: [agreement(call), whole(call.first, 'The first index'), call.payloads.map(contentIdToHex)],
      };
    case 'respond':
      return {
        name: 'execution.respond',
        args: [agreement(call), whole(call.first, 'The first index'), call.answers.map(encode.answer)],
      };
    case 'settleOverdue':
      return { name: 'execution.settleOverdue', args: [agreement(call), whole(call.pages, 'The number of pages')] };
    case 'endAgreement':
      return { name: 'execution.endAgreement', args: [agreement(call)] };
    case 'abandon':
      return { name: 'execution.abandon', args: [agreement(call)] };
    case 'rate':
      return { name: 'execution.rate', args: [agreement(call), whole(call.stars, 'The rating', 8)] };
    case 'replaceOperator':
      return { name: 'execution.replaceOperator', args: [agreement(call), call.operator === null ? null : address(call.operator)] };
    case 'clearRecord':
      return { name: 'execution.clearRecord', args: [] };
    case 'transfer':
      return { name: 'balances.transferKeepAlive', args: [address(call.to), amount(call.amount, 'The amount')] };
    case 'transferAll':
      return { name: 'balances.transferAll', args: [address(call.to), false] };
  }
}

const model = (call: { readonly model: number }) => whole(call.model, 'The model');
const order = (call: { readonly order: number }) => BigInt(whole(call.order, 'The order', 53));
const agreement = (call: { readonly agreement: number }) => BigInt(whole(call.agreement, 'The agreement', 53));
/** The chain would take zero as a price, at which whoever comes first takes the model. */
function salePrice(price: bigint): bigint {
  if (price === 0n) throw new InvalidValue('At a price of 0 the model would go for nothing. Transfer it to give it away.');
  return amount(price, 'The price');
}
const size = (bytes: number) => BigInt(whole(bytes, 'The size', 53));
