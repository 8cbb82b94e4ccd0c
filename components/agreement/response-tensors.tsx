/** A result that is no classification: its tensors. */
import type { InferenceResponse } from '../../lib/inference/types.ts';
import { Facts, Muted } from '../ui/layout.tsx';

interface ResponseTensorsProps {
  readonly label: string;
  /** `null` when it is not kept here. */
  readonly response: InferenceResponse | null;
}

export function ResponseTensors({ label, response }: ResponseTensorsProps) {
  if (response === null) return <Muted>The result was checked; it is too large to be kept here.</Muted>;
  return (
    <section aria-label={`Result of ${label}`}>
      <Facts
        facts={response.outputs.map(({ name, dataType, shape, data }) => ({
          term: name,
          value: `${dataType}, ${shape.join(' × ')}`,
          note: `${data.length} bytes`,
        }))}
      />
    </section>
  );
}
