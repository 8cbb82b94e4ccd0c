'use client';
/** Everything that will be signed, and what it costs, before it is. */
import { valueOf } from '../../../lib/cockpit/loaded.ts';
import type { CockpitAccount } from '../../../lib/cockpit/types.ts';
import { parseAmount } from '../../../lib/market/amounts.ts';
import { priceForNet } from '../../../lib/market/rates.ts';
import type { Model } from '../../../lib/market/types.ts';
import { useCockpit, useQuery } from '../../cockpit.tsx';
import { formatBytes, plural } from '../../ui/format.ts';
import { Facts, type Fact } from '../../ui/layout.tsx';
import { Amount } from '../../ui/values.tsx';
import { takesImage } from './description-fields.ts';
import type { Draft } from './draft.ts';
import { labelsOf } from './label-text.ts';

interface ReviewProps {
  readonly draft: Draft;
  readonly of: Model | null;
  readonly account: CockpitAccount | null;
}

/** The draft as facts. */
export function Review({ draft, of, account }: ReviewProps) {
  const { market } = useCockpit();
  const rules = valueOf(useQuery(market.rules()));
  const balance = valueOf(useQuery(account !== null && market.balance(account.address)));
  const { fields, file, royalty } = draft;
  const amount = of === null ? readAmount(royalty) : of.royalty;
  const facts: Fact[] = [
    { term: 'Name', value: fields.name },
    { term: 'Licence', value: fields.licence },
    { term: 'File', value: file === null ? '–' : file.name, note: file === null ? undefined : formatBytes(file.size) },
    {
      term: 'Takes',
      value: [...fields.inputs].map(({ dataType, shape }) => `${dataType} ${shape}`).join(', '),
      note: imageNote(draft),
    },
    {
      term: 'Gives',
      value: [...fields.outputs].map(({ dataType, shape }) => `${dataType} ${shape}`).join(', '),
      note: labelNote(draft),
    },
  ];
  if (amount !== undefined) {
    facts.push({
      term: 'Royalty',
      value: <Amount value={amount} />,
      note: rules && (
        <>
          per inference; consumers pay at least <Amount value={priceForNet(amount, rules)} decimals={6} />
        </>
      ),
    });
  }
  facts.push({
    term: 'Deposit',
    value: 'Held in your account, not paid',
    note: 'For the room it takes on chain; released when the model is removed. The transaction shows it as held on your account page.',
  });
  if (account !== null) {
    facts.push({
      term: 'Signed by',
      value: account.name,
      note: balance && (
        <>
          has <Amount value={balance.free} decimals={4} /> free
        </>
      ),
    });
  }
  return <Facts facts={facts} />;
}

function readAmount(text: string): bigint | undefined {
  try {
    return parseAmount(text);
  } catch {
    return undefined;
  }
}

function imageNote({ fields }: Draft): string {
  const { image } = fields;
  return takesImage(fields) ? `an image: ${image.channels}, ${image.layout}, ${image.fit}` : 'tensors';
}

function labelNote({ fields: { labelKind, labels } }: Draft): string {
  if (labelKind === 'none') return 'without labels';
  return labelKind === 'content' ? 'with labels of a text on Dx' : `with ${plural(labelsOf(labels).length, 'label')}`;
}
