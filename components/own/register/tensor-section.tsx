'use client';
/** Inputs and outputs: what the file says, where it leaves a size open to be fixed. */
import { Field } from '../../ui/field.tsx';
import { TextInput } from '../../ui/inputs.tsx';
import { Muted, Section } from '../../ui/layout.tsx';
import type { Input } from '../../ui/use-input.ts';
import type { DescriptionFields, TensorFields } from './description-fields.ts';
import { draftInput, type Touched } from './draft-input.ts';
import { parseShape } from './shape-text.ts';

interface TensorInput {
  readonly tensor: TensorFields;
  readonly input: Input<unknown>;
}

interface TensorInputs {
  readonly inputs: readonly TensorInput[];
  readonly outputs: readonly TensorInput[];
  readonly all: readonly Input<unknown>[];
}

/** The fields of all shapes. */
export function tensorInputs(
  fields: DescriptionFields,
  change: (changed: Partial<DescriptionFields>) => void,
  touched: Touched,
): TensorInputs {
  const of = (side: 'inputs' | 'outputs') =>
    fields[side].map((tensor, index) => ({
      tensor,
      input: draftInput(
        `${side} ${index}`,
        tensor.shape,
        (shape) => change({ [side]: fields[side].map((each, at) => (at === index ? { ...each, shape } : each)) }),
        parseShape,
        touched,
      ),
    }));
  const inputs = of('inputs');
  const outputs = of('outputs');
  return { inputs, outputs, all: [...inputs, ...outputs].map(({ input }) => input) };
}

/** The shapes, in the order of the file. */
export function TensorSection({ inputs, outputs }: TensorInputs) {
  return (
    <Section title="Inputs and outputs">
      <Muted>
        As the file has them. A size that may be anything is *; fix it where your model takes one size only.
      </Muted>
      {inputs.map(({ tensor, input }) => (
        <Shape key={`input ${tensor.name}`} side="Input" tensor={tensor} input={input} />
      ))}
      {outputs.map(({ tensor, input }) => (
        <Shape key={`output ${tensor.name}`} side="Output" tensor={tensor} input={input} />
      ))}
    </Section>
  );
}

function Shape({ side, tensor, input }: TensorInput & { readonly side: string }) {
  return (
    <Field
      label={
        <>
          {side} <code>{tensor.name}</code>
        </>
      }
      aside={tensor.dataType}
      input={input}
    >
      <TextInput input={input} mono />
    </Field>
  );
}
