/** What all models of an owner come to. */
import type { ModelCard } from '../../lib/cockpit/types.ts';
import { formatCount } from '../ui/format.ts';
import { Readout, Readouts } from '../ui/layout.tsx';
import { Amount } from '../ui/values.tsx';
import { totalsOf } from './royalties.ts';

/** The numbers at the head of the view. */
export function OwnedTotals({ models }: { readonly models: readonly ModelCard[] }) {
  const { royalties, delivered } = totalsOf(models);
  const retired = models.filter(({ model }) => model.retired).length;
  const providers = models.reduce((sum, card) => sum + card.providers, 0);
  return (
    <Readouts>
      <Readout
        label="Royalties"
        value={<Amount value={royalties} decimals={6} />}
        note="Of these models, whoever owned them then"
      />
      <Readout label="Delivered" value={formatCount(delivered)} note="Inferences that paid a royalty" />
      <Readout
        label="Models"
        value={formatCount(models.length)}
        note={retired === 0 ? 'All open for orders' : `${formatCount(retired)} retired`}
      />
      <Readout label="Offers" value={formatCount(providers)} note="Of providers that serve them now" />
    </Readouts>
  );
}
