'use client';
/** The description: what a provider runs by and a consumer reads. */
import { useState, type SyntheticEvent } from 'react';

import { useCockpit } from '../../cockpit.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { NumberInput, TextInput } from '../../ui/inputs.tsx';
import { Muted, Section, Stack } from '../../ui/layout.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { parseNumber } from '../../ui/parse.ts';
import { allRight } from '../../ui/use-input.ts';
import { byteLimited } from './byte-limited.ts';
import { DescriptionFile } from './description-file.tsx';
import { descriptionOf, takesImage, type DescriptionFields } from './description-fields.ts';
import { draftInput } from './draft-input.ts';
import { focusFirstInvalid } from './focus-invalid.ts';
import { ImageSection } from './image-section.tsx';
import { imageInputs } from './image-inputs.ts';
import { fitInline, labelsOf } from './label-text.ts';
import { labelInput, LabelSection } from './label-section.tsx';
import type { StepProps } from './register-flow.tsx';
import { StepButtons } from './step-buttons.tsx';
import { TensorSection, tensorInputs } from './tensor-section.tsx';

const parseTolerance = parseNumber({ min: 0, max: 4_000, fractions: true });

/** The form of a description, filled in from the file. */
export function DescriptionStep({ draft, patch, touched, onNext, onBack }: StepProps) {
  const { owning } = useCockpit();
  const { fields, report } = draft;
  const [problem, setProblem] = useState<unknown>(null);
  const change = (changed: Partial<DescriptionFields>) => patch({ fields: { ...fields, ...changed } });

  const name = draftInput(
    'name',
    fields.name,
    (text) => change({ name: text }),
    byteLimited('Name the model.', 64),
    touched,
  );
  const licence = draftInput(
    'licence',
    fields.licence,
    (text) => change({ licence: text }),
    byteLimited('Say under which licence it may be used.', 64),
    touched,
  );
  const tolerance = draftInput(
    'tolerance',
    fields.tolerance,
    (text) => change({ tolerance: text }),
    parseTolerance,
    touched,
  );
  const tensors = tensorInputs(fields, change, touched);
  const image = imageInputs(fields, change, touched);
  const labels = labelInput(fields, change, touched);

  const submit = async (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    setProblem(null);
    const inputs = [
      name,
      licence,
      tolerance,
      ...tensors.all,
      ...(takesImage(fields) ? image.all : []),
      ...(labels ? [labels] : []),
    ];
    if (!allRight(inputs)) {
      focusFirstInvalid(event.currentTarget);
      return;
    }
    if (report === null) return;
    try {
      const names = labelsOf(fields.labels);
      const isListed = fields.labelKind === 'listed' && fitInline(names);
      const described = descriptionOf(fields, isListed ? { kind: 'inline', names } : { kind: 'none' });
      const description = await owning.parseDescription(JSON.stringify(described));
      const difference = await owning.difference(report, description);
      if (difference === null) onNext();
      else
        setProblem({
          name: 'InvalidDescription',
          message: `${difference} Providers would refuse to serve it.`,
          chainError: null,
        });
    } catch (error) {
      setProblem(error);
    }
  };

  return (
    <Stack gap={6}>
      <DescriptionFile onFields={(read) => patch({ fields: read })} />
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Stack gap={6}>
          <Section title="What it is">
            <Field label="Name" hint="Consumers find it by this name." input={name}>
              <TextInput input={name} />
            </Field>
            <Field
              label="Licence"
              hint="An SPDX identifier, such as Apache-2.0 or MIT, or a few words."
              input={licence}
            >
              <TextInput input={licence} />
            </Field>
            <Field
              label="Tolerance"
              hint="By how much two correct results may differ in an element, from one machine to another. 0.001 suits most."
              input={tolerance}
            >
              <NumberInput input={tolerance} />
            </Field>
          </Section>
          <TensorSection {...tensors} />
          <ImageSection fields={fields} change={change} inputs={image} />
          <LabelSection fields={fields} change={change} input={labels} />
          <ProblemNotice title="The description does not fit the file" problem={problem} />
          <StepButtons onBack={onBack}>
            <Button kind="primary" type="submit">
              Go on
            </Button>
          </StepButtons>
          {report === null && <Muted>The file was not checked yet: go back and choose it.</Muted>}
        </Stack>
      </form>
    </Stack>
  );
}
