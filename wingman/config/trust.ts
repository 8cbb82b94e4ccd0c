/**
 * What only the configuration file can name: programs, containers, and files with secrets. Whoever has the token of the
 * API may change how Wingman trades; that must not make it a shell on the machine, nor give away its files.
 */
import { Forbidden } from '../errors.ts';
import type { Changeable, Config, RunnerConfig } from './schema.ts';

type Named = Pick<Changeable, 'models' | 'strategy'>;

/** What a configuration file allows, as it is written. */
export function trustedIn(config: Config): ReadonlySet<string> {
  return new Set([...sensitive(config), ...ofRunner(config.runner)]);
}

/** @throws {Forbidden} when something is named that the file does not name in the same words */
export function requireTrusted(values: Named, trusted: ReadonlySet<string>): void {
  for (const part of sensitive(values)) {
    if (trusted.has(part)) continue;
    throw new Forbidden(
      `Programs, containers and files can only be named in the configuration file, which does not have ${part}. Add it ` +
        'there and start Wingman anew; the API can then use it in the same words.',
    );
  }
}

function sensitive({ models, strategy }: Named): string[] {
  const strategies = [strategy, ...models.flatMap((model) => model.strategy ?? [])];
  const hooks = strategies.flatMap((each) =>
    each.kind === 'external' && 'command' in each.hook ? [JSON.stringify(each.hook)] : [],
  );
  return [...hooks, ...models.flatMap(({ runner }) => (runner === undefined ? [] : ofRunner(runner)))];
}

function ofRunner(runner: RunnerConfig): string[] {
  const named = runner.kind === 'container' || (runner.kind === 'http' && runner.tokenFile !== undefined);
  return named ? [JSON.stringify(runner)] : [];
}
