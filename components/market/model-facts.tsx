/** A model's description in plain words. */
import type { ReactNode } from 'react';

import type { Labels, Model, TensorSpec } from '../../lib/market/types.ts';
import { Badge } from '../ui/badge.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { formatBytes, plural } from '../ui/format.ts';
import { Facts, Section, Stack } from '../ui/layout.tsx';
import { Address, Amount, ContentId } from '../ui/values.tsx';
import { describePreprocessing, describeTensor } from './describe.ts';
import styles from './market.module.css';

export function ModelFacts({ model }: { readonly model: Model }) {
  const { description, content, size, version } = model.newest;
  const steps = describePreprocessing(description);
  return (
    <Section title="About">
      <Stack gap={3}>
        <Facts
          facts={[
            {
              term: 'Owner',
              value: model.owner === null ? 'Nobody: the NFT was burned' : <Address address={model.owner} />,
              note: 'whoever holds the NFT when an inference is paid',
            },
            { term: 'Royalty', value: <Amount value={model.royalty} />, note: 'per inference' },
            { term: 'Licence', value: description.licence },
            { term: 'Version', value: version },
            { term: 'ONNX file', value: <ContentId id={content} />, note: formatBytes(size) },
            { term: 'Takes', value: <Tensors tensors={description.inputs} /> },
            { term: 'Gives', value: <Tensors tensors={description.outputs} /> },
            { term: 'Labels', value: <LabelNames labels={description.labels} /> },
            {
              term: 'Tolerance',
              value: description.tolerance,
              note: 'by how much two right results may differ in a number',
            },
          ]}
        />
        {steps.length > 0 && (
          <Disclosure summary="What happens to an image" open>
            <ol className={styles.steps}>
              {steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          </Disclosure>
        )}
      </Stack>
    </Section>
  );
}

function Tensors({ tensors }: { readonly tensors: readonly TensorSpec[] }) {
  return (
    <span className={styles.tensors}>
      {tensors.map((tensor) => (
        <span key={tensor.name}>
          <span className={styles.tensorName}>{tensor.name}</span>: {describeTensor(tensor)}
        </span>
      ))}
    </span>
  );
}

const shownLabels = 12;

function LabelNames({ labels }: { readonly labels: Labels }): ReactNode {
  if (labels.kind === 'none') return 'None';
  if (labels.kind === 'content') return <ContentId id={labels.content} what="content id of the labels" />;
  const more = labels.names.length - shownLabels;
  return (
    <span className={styles.labels}>
      {labels.names.slice(0, shownLabels).map((name, index) => (
        <Badge key={index}>{name}</Badge>
      ))}
      {more > 0 && `and ${plural(more, 'more', 'more')}`}
    </span>
  );
}
