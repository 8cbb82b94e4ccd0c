/** Whether a model is what its description says. */
import type { DataType, Description, TensorSpec } from '../market/types.ts';
import { describeSpec } from './validate.ts';

/** What a model says itself of an input or output; a data type that tensors cannot have is its name there. */
export interface ActualSpec {
  readonly name: string;
  readonly dataType: DataType | (string & {});
  readonly shape: readonly (number | null)[];
}

/** What a model says itself of its inputs and outputs. */
export interface Signature {
  readonly inputs: readonly ActualSpec[];
  readonly outputs: readonly ActualSpec[];
}

/**
 * In what a model differs from its description, for people; `null` when it does not. A model may leave open what its
 * description fixes, and may have outputs that the description does not name.
 */
export function difference(description: Description, actual: Signature): string | null {
  const extra = actual.inputs.find(({ name }) => !description.inputs.some((spec) => spec.name === name));
  if (extra !== undefined) return `It has an input ${describeActual(extra)} that the description does not name.`;
  return (
    first('input', description.inputs, actual.inputs, fits) ??
    // Exporters leave out shapes of outputs that they cannot tell; what comes out is checked at each run.
    first('output', description.outputs, actual.outputs, (spec, shape) => shape.length === 0 || fits(spec, shape))
  );
}

function first(
  what: 'input' | 'output',
  specs: readonly TensorSpec[],
  actual: readonly ActualSpec[],
  shapeFits: (wanted: TensorSpec['shape'], shape: ActualSpec['shape']) => boolean,
): string | null {
  for (const spec of specs) {
    const found = actual.find(({ name }) => name === spec.name);
    if (found === undefined) {
      const names = actual.map(({ name }) => `"${name}"`).join(', ') || 'none';
      return `It has no ${what} ${describeSpec(spec)}; its ${what}s are ${names}.`;
    }
    if (found.dataType !== spec.dataType || !shapeFits(spec.shape, found.shape)) {
      return `Its ${what} is ${describeActual(found)}; the description says ${describeSpec(spec)}.`;
    }
  }
  return null;
}

/** What the description leaves open the model must take; what the description fixes, the model may leave open. */
function fits(wanted: TensorSpec['shape'], shape: ActualSpec['shape']): boolean {
  return wanted.length === shape.length && wanted.every((dimension, i) => shape[i] === null || dimension === shape[i]);
}

const describeActual = (spec: ActualSpec) => describeSpec(spec as TensorSpec);
