/** The models of a tab with what they need of this browser. */
import { browserRunner } from '../../inference/browser/index.ts';
import { browserFileCache, ModelFiles } from './model-files.ts';
import { TabModels, type TabModelsOptions } from './models.ts';
import type { Dx } from '../../dx/types.ts';

/** What the runner is to use; without threads it says so and does without. */
const backends = { webgpu: 'webgpu', wasm: 'wasm-threads' } as const;

/** Makes them; nothing is loaded yet. */
export function createModels({
  dx,
  ...options
}: Omit<TabModelsOptions, 'files' | 'createRunner'> & { readonly dx: Dx }): TabModels {
  return new TabModels({
    ...options,
    files: new ModelFiles(browserFileCache(), dx),
    createRunner: (backend, onEvent) =>
      Promise.resolve(browserRunner({ ...(backend === 'automatic' ? {} : { backend: backends[backend] }), onEvent })),
  });
}
