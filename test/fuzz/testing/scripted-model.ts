/** A model that is loaded: it gives back what it is asked about, in the outputs that the description of `types` names. */
import type { LoadedModel } from '../../../lib/inference/types.ts';

export const scriptedTypes: LoadedModel = {
  concurrency: 1,
  run: ({ inputs }) => {
    const output = (from: string, name: string) =>
      inputs.filter((input) => input.name === from).map((tensor) => ({ ...tensor, name }));
    const outputs = [...output('amount', 'signed'), ...output('text', 'copy'), ...output('half', 'double')];
    return Promise.resolve({ model: 'types', outputs });
  },
  release: () => Promise.resolve(),
};
