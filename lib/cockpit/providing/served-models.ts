/** Models that a browser serves, as they are shown. */
import type { ModelVersion } from '../../market/types.ts';
import type { ServedModelInfo } from '../types.ts';
import type { KeptModel } from './kept.ts';

/** A model that was just chosen. */
export function firstInfo(model: number, version: ModelVersion): ServedModelInfo {
  return {
    ...{ model, version: version.version, name: version.description.name, state: 'listed', bytes: version.size },
    ...{ bytesHere: 0, timeMs: null, backend: null, isAnnounced: false, problem: null },
  };
}

/** A model that an earlier visit has chosen. */
export function infoOfKept({ model, version, timeMs, backend }: KeptModel): ServedModelInfo {
  const info = firstInfo(model, version);
  return timeMs === null ? info : { ...info, state: 'ready', bytesHere: version.size, timeMs, backend };
}
