/** Calls in plain words, with their amounts. */
import { formatAmount } from '../market/amounts.ts';
import type { Call } from '../market/chain.ts';
import type { Address } from '../market/types.ts';

/** What one or several calls do: `Place an order for 10 inferences of model 3 at up to 0.5 AIRO each`. */
export function describeCalls(calls: readonly Call[]): string {
  return calls.map(describeCall).join('; ');
}

function describeCall(call: Call): string {
  switch (call.call) {
    case 'registerModel':
      return `Register the model ${call.description.name} with a royalty of ${formatAmount(call.royalty)} per inference`;
    case 'publishVersion':
      return `Publish a new version of model ${call.model}`;
    case 'setRoyalty':
      return `Set the royalty of model ${call.model} to ${formatAmount(call.royalty)} per inference`;
    case 'retireModel':
      return `Retire model ${call.model}: it takes no new orders`;
    case 'purgeModel':
      return `Remove model ${call.model} from the chain`;
    case 'transferModel':
      return `Give model ${call.model} and its royalties to ${shortAddress(call.to)}`;
    case 'sellModel': {
      const whom = call.reservedFor === null ? '' : ` to ${shortAddress(call.reservedFor)}`;
      return `Put model ${call.model} up for sale${whom} at ${formatAmount(call.price)}`;
    }
    case 'unsellModel':
      return `Take model ${call.model} off sale`;
    case 'buyModel':
      return `Buy model ${call.model} with its royalties for up to ${formatAmount(call.atMost)}`;
    case 'registerProvider':
      return `Register as the provider ${call.profile.name} with a stake of ${formatAmount(call.stake)}`;
    case 'updateProfile':
      return `Change the profile of the provider ${call.profile.name}`;
    case 'setOperator':
      return call.operator === null
        ? 'Remove the operator key'
        : `Make ${shortAddress(call.operator.account)} the operator key`;
    case 'raiseStake':
      return `Add ${formatAmount(call.by)} to the stake`;
    case 'announce':
      return `Offer model ${call.model}`;
    case 'withdrawOffer':
      return `Offer model ${call.model} no longer`;
    case 'leave':
      return 'Stop being a provider';
    case 'withdrawStake':
      return 'Take the stake back';
    case 'placeOrder':
      return placeOrder(call.request);
    case 'cancelOrder':
      return `Cancel order ${call.order}`;
    case 'acceptBids':
      return `Accept ${call.providers.length === 1 ? 'a bid' : `${call.providers.length} bids`} on order ${call.order}`;
    case 'placeBid':
      return `Bid ${formatAmount(call.price)} per inference on order ${call.order}`;
    case 'improveBid':
      return `Improve the bid on order ${call.order} to ${formatAmount(call.price)} per inference`;
    case 'request':
      return `Request ${inferences(call.payloads.length)} in agreement ${call.agreement}`;
    case 'respond':
      return `Answer ${inferences(call.answers.length)} in agreement ${call.agreement}`;
    case 'settleOverdue':
      return `Settle what is overdue in agreement ${call.agreement}`;
    case 'endAgreement':
      return `End agreement ${call.agreement}`;
    case 'abandon':
      return `Abandon agreement ${call.agreement}`;
    case 'rate':
      return `Rate agreement ${call.agreement} with ${call.stars} of 5 stars`;
    case 'replaceOperator':
      return `Change the operator key of agreement ${call.agreement}`;
    case 'clearRecord':
      return 'Clear the record';
    case 'transfer':
      return `Send ${formatAmount(call.amount)} to ${shortAddress(call.to)}`;
    case 'transferAll':
      return `Send everything to ${shortAddress(call.to)}`;
  }
}

function placeOrder({
  model,
  inferences: count,
  maxPrice,
  providers,
}: Extract<Call, { call: 'placeOrder' }>['request']): string {
  const each = providers === 1 ? 'each' : `each, from ${providers} providers`;
  return `Place an order for ${inferences(count)} of model ${model} at up to ${formatAmount(maxPrice)} ${each}`;
}

/** As much of an address as people compare. */
const shortAddress = (address: Address) => `${address.slice(0, 6)}…${address.slice(-6)}`;

const inferences = (count: number) => `${count} inference${count === 1 ? '' : 's'}`;
