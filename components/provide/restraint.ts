/** What can be chosen about how much of a device is used. */
import type { ProvidingSettings } from '../../lib/cockpit/types.ts';

/** The most bids and agreements that a tab keeps open. */
export const mostOpen = 1_000;
/** More at a time would only wait for one another. */
export const mostAtOnce = 64;

export const backendChoices: readonly { readonly value: ProvidingSettings['backend']; readonly label: string }[] = [
  { value: 'automatic', label: 'Automatic' },
  { value: 'webgpu', label: 'WebGPU, the graphics processor' },
  { value: 'wasm', label: 'WebAssembly, the processor' },
];
