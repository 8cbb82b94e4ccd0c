'use client';
/** What the elements of the output are called. */
import { useState } from 'react';

import { Field } from '../../ui/field.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { Select, TextInput } from '../../ui/inputs.tsx';
import { Section, Stack } from '../../ui/layout.tsx';
import type { Input } from '../../ui/use-input.ts';
import type { DescriptionFields, TensorFields } from './description-fields.ts';
import { draftInput, type Touched } from './draft-input.ts';
import { labelsHint, labelsOf, parseLabels } from './label-text.ts';
import { parseShape } from './shape-text.ts';

/** The field of the labels, or of where they are; `undefined` where there are none. */
export function labelInput(
  { labelKind, labels, labelContent }: DescriptionFields,
  change: (changed: Partial<DescriptionFields>) => void,
  touched: Touched,
): Input<unknown> | undefined {
  switch (labelKind) {
    case 'none':
      return undefined;
    case 'listed':
      return draftInput('labels', labels, (text) => change({ labels: text }), parseLabels, touched);
    case 'content':
      return draftInput('label content', labelContent, (text) => change({ labelContent: text }), parseContent, touched);
  }
}

function parseContent(text: string): string {
  const trimmed = text.trim();
  if (!/^b[a-z2-7]{20,}$/.test(trimmed))
    throw new Error('A content id begins with “b” and has small letters and digits.');
  return trimmed;
}

interface LabelSectionProps {
  readonly fields: DescriptionFields;
  readonly change: (changed: Partial<DescriptionFields>) => void;
  readonly input: Input<unknown> | undefined;
}

/** Asks for the labels: pasted, from a file, or where they lie on Dx. */
export function LabelSection({ fields, change, input }: LabelSectionProps) {
  const { labelKind, labels, outputs } = fields;
  const [error, setError] = useState<string>();
  const read = async (file: File) => {
    setError(undefined);
    try {
      change({ labels: parseLabels(await file.text()).join('\n') });
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  return (
    <Section title="Labels">
      <Field
        label="The elements of the first output"
        hint="With labels, consumers see names and probabilities instead of numbers."
      >
        <Select
          value={labelKind}
          onValue={(value) => change({ labelKind: value })}
          options={[
            { value: 'none', label: 'Have no names' },
            { value: 'listed', label: 'Have the names listed below' },
            { value: 'content', label: 'Have the names of a text that is on Dx already' },
          ]}
        />
      </Field>
      {labelKind === 'listed' && input !== undefined && (
        <Stack gap={3}>
          <Field label="Labels" hint={labelsHint(labelsOf(labels), sizeOf(outputs[0]))} input={input}>
            <TextInput input={input} rows={6} mono />
          </Field>
          <FileDrop
            icon="file"
            label="Or drop a text file with one label a line"
            accept={['.txt', '.csv', 'text/plain']}
            maxBytes={4_194_304}
            error={error}
            onFiles={([file]) => {
              if (file !== undefined) void read(file);
            }}
          />
        </Stack>
      )}
      {labelKind === 'content' && input !== undefined && (
        <Field label="Content id of the text" input={input}>
          <TextInput input={input} mono />
        </Field>
      )}
    </Section>
  );
}

/** How many elements the output has for one inference, where that is fixed. */
function sizeOf(output: TensorFields | undefined): number | undefined {
  if (output === undefined) return undefined;
  try {
    const [, ...sizes] = parseShape(output.shape);
    return sizes.reduce<number | undefined>(
      (product, size) => (product === undefined || size === null ? undefined : product * size),
      1,
    );
  } catch {
    return undefined;
  }
}
