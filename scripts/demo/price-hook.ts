/**
 * An external pricing strategy, as any operator could write one: it starts at the order's highest price, and while
 * somebody else is cheaper it goes half of the way from the best bid down to the floor. Wingman gives the question as
 * JSON on standard input; amounts are texts in the chain's smallest unit.
 */
import { text } from 'node:stream/consumers';

interface Question {
  readonly provider: string;
  readonly order: { readonly maxPrice: string; readonly bids: readonly { provider: string; price: string }[] };
  readonly floor: string;
}

const { provider, order, floor } = JSON.parse(await text(process.stdin)) as Question;
const [best] = order.bids;
const least = BigInt(floor);
const price = best === undefined || best.provider === provider ? (best?.price ?? order.maxPrice) : between(best.price);
console.log(JSON.stringify({ price: price.toString() }));

function between(price: string): bigint {
  const above = BigInt(price) - least;
  return above > 0n ? least + above / 2n : least;
}
