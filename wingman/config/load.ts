/** Reading the configuration file. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { dataFolder } from '../../scripts/lib/paths.ts';
import { ConfigInvalid, messageOf } from '../errors.ts';
import { describeIssues } from './fields.ts';
import { changeableKeys, configSchema, type ChangeableKey, type Config, type RunnerConfig } from './schema.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** The folder for all that this Wingman keeps, as an absolute path. */
  readonly basePath: string;
  /** The changeable keys that the file itself names; the others have their defaults. */
  readonly named: ReadonlySet<ChangeableKey>;
}

/**
 * Reads a configuration file: JSON, in which comments (`// ...` and `/* ... *\/`) are allowed. Relative paths in it are
 * relative to its own folder.
 *
 * @throws {ConfigInvalid} with a line for each thing that is wrong
 */
export function loadConfig(file: string): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigInvalid(file, [`It cannot be read: ${messageOf(error)}`]);
  }
  return parseConfig(text, file);
}

/**
 * Parses the text of a configuration file.
 *
 * @param file where it is from, for messages and for relative paths
 * @throws {ConfigInvalid} with a line for each thing that is wrong
 */
export function parseConfig(text: string, file: string): LoadedConfig {
  let json: unknown;
  try {
    json = JSON.parse(withoutComments(text));
  } catch (error) {
    throw new ConfigInvalid(file, [`It is no JSON: ${messageOf(error)}`]);
  }
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) throw new ConfigInvalid(file, describeIssues(parsed.error));
  const config = resolvePaths(parsed.data, dirname(resolve(file)));
  const given = new Set(Object.keys(json as object));
  return {
    config,
    basePath: config.basePath ?? join(dataFolder(), 'wingman'),
    named: new Set(changeableKeys.filter((key) => given.has(key))),
  };
}

/** Comments become spaces, so that positions in error messages stay right. */
function withoutComments(text: string): string {
  return text.replace(/"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.startsWith('"') ? found : found.replace(/[^\n]/g, ' '),
  );
}

function resolvePaths(config: Config, folder: string): Config {
  const { basePath, account, api } = config;
  const ofRunner = (runner: RunnerConfig): RunnerConfig =>
    runner.kind === 'http' && runner.tokenFile !== undefined
      ? { ...runner, tokenFile: resolve(folder, runner.tokenFile) }
      : runner;
  return {
    ...config,
    runner: ofRunner(config.runner),
    models: config.models.map((model) =>
      model.runner === undefined ? model : { ...model, runner: ofRunner(model.runner) },
    ),
    ...(basePath === undefined ? {} : { basePath: resolve(folder, basePath) }),
    account:
      account.secretFile === undefined ? account : { ...account, secretFile: resolve(folder, account.secretFile) },
    api: api.tokenFile === undefined ? api : { ...api, tokenFile: resolve(folder, api.tokenFile) },
  };
}
