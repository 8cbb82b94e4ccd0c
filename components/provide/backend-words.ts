/** What runs a model in this browser, how fast, and why nothing faster does. */
import type { BackendInfo, BackendKind } from '../../lib/cockpit/types.ts';
import { formatDuration } from '../ui/format.ts';

const names: Readonly<Record<BackendKind, string>> = {
  webgpu: 'WebGPU',
  'wasm-threads': 'WebAssembly with threads',
  wasm: 'WebAssembly, one thread',
};

/** `WebGPU`, `WebAssembly with threads`. */
export function backendName(kind: BackendKind): string {
  return names[kind];
}

/** What runs it, with what: `WebGPU, NVIDIA GeForce RTX 3060`. */
export function backendText({ kind, device }: Pick<BackendInfo, 'kind' | 'device'>): string {
  if (kind === 'wasm' || device === '') return names[kind];
  return kind === 'webgpu' ? `${names.webgpu}, ${device}` : `WebAssembly, ${device}`;
}

/** A measured time: `3.4 ms`. Below ten milliseconds the tenths matter. */
export function measuredText(timeMs: number): string {
  return timeMs < 9.95 ? `${timeMs.toFixed(1)} ms` : formatDuration(timeMs);
}
