/** What a royalty means for those who buy. */
import { priceForNet } from '../../lib/market/rates.ts';
import type { Rules } from '../../lib/market/types.ts';
import { formatPercent } from '../ui/format.ts';
import { Facts, Muted } from '../ui/layout.tsx';
import { Amount } from '../ui/values.tsx';

interface LeastPriceProps {
  readonly royalty: bigint | undefined;
  readonly rules: Rules | undefined;
}

/** The lowest price at which somebody can order, and what is in it. Nothing while the royalty is wrong. */
export function LeastPrice({ royalty, rules }: LeastPriceProps) {
  if (royalty === undefined) return null;
  if (rules === undefined) return <Muted>What consumers pay at least stands here once the chain has answered.</Muted>;
  const least = priceForNet(royalty, rules);
  return (
    <Facts
      facts={[
        {
          term: 'You get',
          value: <Amount value={royalty} />,
          note: 'per delivered inference, in the block of the answer',
        },
        {
          term: 'Market fee',
          value: formatPercent(rules.marketFee),
          note: 'of the price; it is on top of your royalty, not taken from it',
        },
        {
          term: 'Consumers pay at least',
          value: <Amount value={least} decimals={6} />,
          note: 'per inference, before the provider gets anything: bids are above it',
        },
      ]}
    />
  );
}
