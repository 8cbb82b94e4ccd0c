/** The configuration that is in force: the file, its defaults, and what the API has changed. */
import { z } from 'zod';

import type { LoadedConfig } from './load.ts';
import { changeableKeys, configSchema, type ChangeableKey, type Config, type ConfigText } from './schema.ts';
import type { LiveSettings, Source } from './settings.ts';

export interface Effective {
  readonly config: Config;
  readonly sources: Record<ChangeableKey, Source>;
}

export function effectiveConfig({ config, basePath }: LoadedConfig, settings: LiveSettings): Effective {
  const sources = changeableKeys.map((key) => [key, settings.source(key)] as const);
  return {
    config: { ...config, basePath, ...settings.current() },
    sources: Object.fromEntries(sources) as Record<ChangeableKey, Source>,
  };
}

/** A configuration as it is written in a file. */
export const configText = (config: Config): ConfigText => z.encode(configSchema, config);
