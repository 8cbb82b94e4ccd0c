/** The state of the scripted market, and the rules of the chain's calls, after the sources of its pallets. */
import { CallFailed } from '../../market/errors.ts';
import type { Call } from '../../market/chain.ts';
import type {
  Address,
  Agreement,
  Answer,
  Bid,
  Model,
  ModelVersion,
  Offer,
  Order,
  OrderRequest,
  Outcome,
  Provider,
  Record,
  Rules,
} from '../../market/types.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A request as the chain stores it. */
export interface Slot {
  readonly payload: string;
  readonly requestedAt: number;
  outcome: Outcome;
}

export interface State {
  number: number;
  nextOrder: number;
  nextAgreement: number;
  readonly models: Map<number, Mutable<Model>>;
  readonly versions: Map<string, ModelVersion>;
  readonly providers: Map<Address, Mutable<Provider>>;
  readonly offers: Map<number, Map<Address, Offer>>;
  readonly orders: Map<number, Mutable<Order>>;
  readonly agreements: Map<number, Mutable<Agreement>>;
  readonly slots: Map<number, Slot[]>;
  readonly records: Map<Address, Mutable<Record>>;
}

export function emptyState(): State {
  return {
    number: 0,
    nextOrder: 0,
    nextAgreement: 0,
    models: new Map(),
    versions: new Map(),
    providers: new Map(),
    offers: new Map(),
    orders: new Map(),
    agreements: new Map(),
    slots: new Map(),
    records: new Map(),
  };
}

const BILLION = 1_000_000_000n;

function refuse(error: string): never {
  throw new CallFailed(error, 'refused by the scripted market');
}

function ensure(condition: boolean, error: string): asserts condition {
  if (!condition) refuse(error);
}

function parts(rate: number): bigint {
  return BigInt(Math.round(rate * 1e9));
}

function mulCeil(rate: number, amount: bigint): bigint {
  const product = parts(rate) * amount;
  return product / BILLION + (product % BILLION > 0n ? 1n : 0n);
}

function mulFloor(rate: number, amount: bigint): bigint {
  return (parts(rate) * amount) / BILLION;
}

/** Applies a call, in the block after `state.number`. @throws {CallFailed}; the state is spoilt then */
export function apply(state: State, rules: Rules, from: Address, call: Call): void {
  switch (call.call) {
    case 'announce':
      announce(state, from, call);
      break;
    case 'withdrawOffer':
      withdrawOffer(state, from, call.model);
      break;
    case 'placeOrder':
      placeOrder(state, rules, from, call.request);
      break;
    case 'acceptBids':
      acceptBids(state, rules, from, call.order, call.providers);
      break;
    case 'cancelOrder':
      cancelOrder(state, from, call.order);
      break;
    case 'placeBid':
      placeBid(state, rules, from, call.order, call.price);
      break;
    case 'improveBid':
      improveBid(state, rules, from, call.order, call.price);
      break;
    case 'request':
      request(state, rules, from, call.agreement, call.first, call.payloads);
      break;
    case 'respond':
      respond(state, rules, from, call.agreement, call.first, call.answers);
      break;
    default:
      throw new Error(`The scripted market has no ${call.call}.`);
  }
}

/** What the hooks do at the beginning of a block. */
export function runHooks(state: State): void {
  for (const order of [...state.orders.values()]) {
    if (state.number >= order.acceptUntil) closeOrder(state, order);
  }
  for (const agreement of state.agreements.values()) {
    if (agreement.state.kind !== 'active') continue;
    let missed = 0;
    for (const slot of state.slots.get(agreement.id) ?? []) {
      if (slot.outcome.state !== 'pending' || state.number < slot.requestedAt + agreement.responseDeadline) continue;
      slot.outcome = { state: 'missed' };
      missed += 1;
    }
    agreement.counts = { ...agreement.counts, missed: agreement.counts.missed + missed };
    if (unsettled(agreement) === 0) end(state, agreement, 'completed');
    else if (state.number >= agreement.endsAt) end(state, agreement, 'expired');
  }
}

function announce(state: State, from: Address, call: Call & { call: 'announce' }): void {
  const provider = staying(state, from);
  const model = state.models.get(call.model) ?? refuse('marketplace.UnknownModel');
  ensure(!model.retired, 'marketplace.ModelRetired');
  ensure(state.versions.has(`${call.model}:${call.version}`), 'marketplace.UnknownVersion');
  ensure(call.timeMicroseconds > 0, 'marketplace.NoTime');
  const offers = state.offers.get(call.model) ?? new Map<Address, Offer>();
  state.offers.set(call.model, offers);
  if (!offers.has(from)) provider.models = [...provider.models, call.model];
  const { version, timeMicroseconds } = call;
  offers.set(from, { provider: from, version, timeMicroseconds, announcedAt: state.number });
}

function withdrawOffer(state: State, from: Address, model: number): void {
  const provider = state.providers.get(from) ?? refuse('marketplace.NotAProvider');
  ensure(state.offers.get(model)?.delete(from) === true, 'marketplace.NotAnnounced');
  provider.models = provider.models.filter((other) => other !== model);
}

function placeOrder(state: State, rules: Rules, from: Address, request: OrderRequest): void {
  const model = state.models.get(request.model) ?? refuse('marketplace.UnknownModel');
  ensure(
    request.maxPrice - mulFloor(rules.marketFee, request.maxPrice) >= model.royalty,
    'marketplace.PriceBelowRoyalty',
  );
  const bidsUntil = state.number + request.biddingPeriod;
  const inFlight = BigInt(Math.min(request.maxInFlight, request.inferences));
  const id = state.nextOrder++;
  state.orders.set(id, {
    ...request,
    id,
    consumer: from,
    version: model.newest.version,
    royalty: model.royalty,
    placedAt: state.number,
    bidsUntil,
    acceptUntil: bidsUntil + request.acceptancePeriod,
    reserve: mulFloor(rules.reserveRate, request.maxPrice * inFlight),
    held: request.maxPrice * BigInt(request.inferences) * BigInt(request.providers),
    bids: [],
  });
}

function cancelOrder(state: State, from: Address, id: number): void {
  const order = state.orders.get(id) ?? refuse('marketplace.UnknownOrder');
  ensure(order.consumer === from, 'marketplace.NotTheConsumer');
  closeOrder(state, order);
}

function closeOrder(state: State, order: Order): void {
  for (const bid of order.bids) releaseBid(state, order, bid);
  state.orders.delete(order.id);
}

function releaseBid(state: State, order: Order, bid: Bid): void {
  const provider = state.providers.get(bid.provider);
  if (provider === undefined) return;
  provider.reserved -= order.reserve;
  provider.openBids -= 1;
}

function acceptBids(state: State, rules: Rules, from: Address, id: number, accepted: readonly Address[]): void {
  const order = state.orders.get(id) ?? refuse('marketplace.UnknownOrder');
  ensure(order.consumer === from, 'marketplace.NotTheConsumer');
  ensure(state.number < order.acceptUntil, 'marketplace.AcceptanceClosed');
  ensure(accepted.length > 0 && accepted.length <= order.providers, 'marketplace.TooManyAccepted');
  ensure(
    accepted.every((provider) => order.bids.some((bid) => bid.provider === provider)),
    'marketplace.UnknownBid',
  );
  state.orders.delete(id);
  for (const bid of order.bids) {
    if (!accepted.includes(bid.provider)) {
      releaseBid(state, order, bid);
      continue;
    }
    const provider = state.providers.get(bid.provider) ?? refuse('marketplace.NotAProvider');
    provider.openBids -= 1;
    provider.openAgreements += 1;
    const penalty = mulFloor(rules.penaltyRate, order.maxPrice);
    const agreement = state.nextAgreement++;
    state.agreements.set(agreement, {
      id: agreement,
      order: id,
      model: order.model,
      version: order.version,
      consumer: order.consumer,
      sender: order.sender,
      consumerKey: order.key,
      provider: bid.provider,
      responder: provider.operator?.account ?? null,
      providerKey: provider.profile.key,
      price: bid.price,
      royalty: order.royalty,
      fee: mulFloor(rules.marketFee, bid.price),
      penalty: penalty < bid.price ? penalty : bid.price,
      reserve: order.reserve,
      quota: order.inferences,
      maxInFlight: order.maxInFlight,
      responseDeadline: order.responseDeadline,
      openedAt: state.number,
      endsAt: state.number + order.lifetime,
      counts: { requested: 0, answered: 0, delivered: 0, consumerFaults: 0, providerFaults: 0, missed: 0 },
      state: { kind: 'active' },
      rating: null,
    });
    state.slots.set(agreement, []);
  }
}

function staying(state: State, account: Address): Mutable<Provider> {
  const provider = state.providers.get(account) ?? refuse('marketplace.NotAProvider');
  ensure(provider.leavesAt === null, 'marketplace.Leaving');
  return provider;
}

function bidder(state: State, from: Address): Mutable<Provider> {
  const other = [...state.providers.values()].find((provider) => provider.operator?.account === from);
  return staying(state, other?.account ?? from);
}

function openForBids(state: State, id: number): Mutable<Order> {
  const order = state.orders.get(id) ?? refuse('marketplace.UnknownOrder');
  ensure(state.number < order.bidsUntil, 'marketplace.BiddingClosed');
  return order;
}

function checkPrice(rules: Rules, order: Order, price: bigint): void {
  ensure(price > 0n, 'marketplace.ZeroPrice');
  ensure(price <= order.maxPrice, 'marketplace.AboveMaximum');
  ensure(price - mulFloor(rules.marketFee, price) >= order.royalty, 'marketplace.PriceBelowRoyalty');
}

function checkBounds(from: Address, provider: Provider, price: bigint, opens: boolean): void {
  const { operator } = provider;
  if (operator?.account !== from) return;
  ensure(price >= operator.floorPrice, 'marketplace.BelowFloor');
  ensure(!opens || provider.openBids + provider.openAgreements < operator.maxOpen, 'marketplace.TooManyOpen');
}

function oneStepBelow(rules: Rules, price: bigint): bigint {
  const step = mulCeil(rules.bidStep, price);
  const below = price - (step > 1n ? step : 1n);
  return below < 0n ? 0n : below;
}

function checkLead(rules: Rules, bids: readonly Bid[], price: bigint): void {
  const [best] = bids;
  ensure(
    best === undefined || price >= best.price || price <= oneStepBelow(rules, best.price),
    'marketplace.StepTooSmall',
  );
}

function insert(bids: readonly Bid[], bid: Bid): Bid[] {
  const place = bids.findIndex((other) => other.price > bid.price);
  return place === -1 ? [...bids, bid] : [...bids.slice(0, place), bid, ...bids.slice(place)];
}

function placeBid(state: State, rules: Rules, from: Address, id: number, price: bigint): void {
  const provider = bidder(state, from);
  const order = openForBids(state, id);
  ensure(provider.account !== order.consumer, 'marketplace.OwnOrder');
  checkPrice(rules, order, price);
  checkBounds(from, provider, price, true);
  const offer = state.offers.get(order.model)?.get(provider.account);
  ensure(offer?.version === order.version, 'marketplace.NotAnnounced');
  ensure(provider.stake >= rules.minStake, 'marketplace.StakeTooLow');
  ensure(provider.stake >= order.minStake, 'marketplace.OrderWantsMoreStake');
  const record = state.records.get(provider.account);
  const delivered = record?.delivered ?? 0;
  const all = delivered + (record?.missed ?? 0) + (record?.providerFaults ?? 0);
  const reliability = all === 0 ? BILLION : (BigInt(delivered) * BILLION) / BigInt(all);
  ensure(
    delivered >= order.minRecord.delivered && reliability >= parts(order.minRecord.reliability),
    'marketplace.OrderWantsBetterRecord',
  );
  ensure(
    order.bids.every((bid) => bid.provider !== provider.account),
    'marketplace.AlreadyBid',
  );
  checkLead(rules, order.bids, price);
  ensure(provider.stake - provider.reserved >= order.reserve, 'marketplace.StakeInUse');
  let bids = [...order.bids];
  const worst = bids.at(-1);
  if (bids.length >= rules.maxBids && worst !== undefined) {
    ensure(price <= oneStepBelow(rules, worst.price), 'marketplace.StepTooSmall');
    bids = bids.slice(0, -1);
    releaseBid(state, order, worst);
  }
  order.bids = insert(bids, { provider: provider.account, price, at: state.number });
  provider.reserved += order.reserve;
  provider.openBids += 1;
}

function improveBid(state: State, rules: Rules, from: Address, id: number, price: bigint): void {
  const provider = bidder(state, from);
  const order = openForBids(state, id);
  checkPrice(rules, order, price);
  checkBounds(from, provider, price, false);
  const own = order.bids.find((bid) => bid.provider === provider.account) ?? refuse('marketplace.UnknownBid');
  const others = order.bids.filter((bid) => bid !== own);
  ensure(price <= oneStepBelow(rules, own.price), 'marketplace.StepTooSmall');
  checkLead(rules, others, price);
  order.bids = insert(others, { provider: provider.account, price, at: state.number });
}

function active(state: State, id: number): Mutable<Agreement> {
  const agreement = state.agreements.get(id) ?? refuse('execution.UnknownAgreement');
  ensure(agreement.state.kind === 'active', 'execution.AgreementEnded');
  return agreement;
}

function request(
  state: State,
  rules: Rules,
  from: Address,
  id: number,
  first: number,
  payloads: readonly string[],
): void {
  const agreement = active(state, id);
  const { counts } = agreement;
  ensure(from === agreement.consumer || from === agreement.sender, 'execution.NotTheConsumer');
  ensure(state.number < agreement.endsAt, 'execution.AgreementEnded');
  ensure(payloads.length > 0 && payloads.length <= rules.maxBatch, 'execution.BatchTooLong');
  ensure(first === counts.requested, 'execution.NotTheNextIndex');
  ensure(first + payloads.length <= agreement.quota, 'execution.QuotaExceeded');
  const pending = counts.requested - settled(agreement) - counts.answered;
  ensure(pending + payloads.length <= agreement.maxInFlight, 'execution.TooManyInFlight');
  ensure(state.number + agreement.responseDeadline <= agreement.endsAt, 'execution.EndsTooSoon');
  const slots = payloads.map((payload) => ({
    payload,
    requestedAt: state.number,
    outcome: { state: 'pending' } as const,
  }));
  state.slots.set(id, [...(state.slots.get(id) ?? []), ...slots]);
  agreement.counts = { ...counts, requested: counts.requested + payloads.length };
}

function respond(
  state: State,
  rules: Rules,
  from: Address,
  id: number,
  first: number,
  answers: readonly Answer[],
): void {
  const agreement = state.agreements.get(id) ?? refuse('execution.UnknownAgreement');
  ensure(from === agreement.provider || from === agreement.responder, 'execution.NotTheProvider');
  ensure(agreement.state.kind === 'active', 'execution.AgreementEnded');
  ensure(answers.length > 0, 'execution.EmptyBatch');
  ensure(answers.length <= rules.maxBatch, 'execution.BatchTooLong');
  ensure(first + answers.length <= agreement.counts.requested, 'execution.UnknownRequest');
  const slots = state.slots.get(id) ?? [];
  const counts = { ...agreement.counts };
  answers.forEach((answer, place) => {
    const slot = slots[first + place] ?? refuse('execution.UnknownRequest');
    ensure(slot.outcome.state === 'pending', 'execution.AlreadyAnswered');
    ensure(state.number < slot.requestedAt + agreement.responseDeadline, 'execution.DeadlinePassed');
    if ('output' in answer) {
      counts.delivered += 1;
      slot.outcome = { state: 'settled', output: answer.output, at: state.number };
    } else {
      const isConsumers = /^(Payload|CannotDecrypt|Invalid)/.test(answer.failure);
      counts[isConsumers ? 'consumerFaults' : 'providerFaults'] += 1;
      slot.outcome = { state: 'failed', code: answer.failure, at: state.number };
    }
  });
  agreement.counts = counts;
  if (unsettled(agreement) === 0) end(state, agreement, 'completed');
}

function settled({ counts }: Agreement): number {
  return counts.delivered + counts.consumerFaults + counts.providerFaults + counts.missed;
}

function unsettled(agreement: Agreement): number {
  return agreement.quota - settled(agreement);
}

function end(state: State, agreement: Mutable<Agreement>, how: 'completed' | 'expired'): void {
  agreement.state = { kind: 'ended', at: state.number, how };
  const provider = state.providers.get(agreement.provider);
  if (provider === undefined) return;
  provider.reserved -= agreement.reserve;
  provider.openAgreements -= 1;
}
