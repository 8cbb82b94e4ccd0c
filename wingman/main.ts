/** `npm run wingman`: the provider's bot on a server, until it is told to stop. */
import { resolve } from 'node:path';

import { backUp } from './backup.ts';
import { configText } from './config/effective.ts';
import { exampleConfig } from './config/example.ts';
import { loadConfig, type LoadedConfig } from './config/load.ts';
import { ConfigInvalid, SecretInvalid } from './errors.ts';
import { createLog } from '../scripts/lib/log.ts';
import { main } from '../scripts/lib/main.ts';
import { describeOptions, parseOptions, UsageError } from '../scripts/lib/options.ts';
import { endBySignalWith, holdDuringShutdown, onShutdown } from '../scripts/lib/shutdown.ts';

const table = {
  config: { type: 'file', help: 'The configuration, in JSON; comments are allowed.' },
  check: { type: 'flag', help: 'Check the configuration, print it with all defaults, and end.' },
  example: { type: 'flag', help: 'Print an example configuration that explains every key, and end.' },
  backup: { type: 'path', help: 'Copy the journal and the keys into this new folder, and end.' },
  'reset-settings': { type: 'flag', help: 'Forget what was changed through the API.' },
} as const;

const help = `Runs a Wingman: it watches the market, bids on orders, runs models and answers requests, and is looked after
through a REST API.

npm run wingman -- --config FILE [OPTION...]

${describeOptions(table)}

To begin:
  npm run --silent wingman -- --example > wingman.json    # then set account.secretFile, dx.bootstrap and models
  npm run wingman -- --config wingman.json

The environment variable AIRO_WINGMAN_SECRET can have the account's secret instead of account.secretFile, and
AIRO_WINGMAN_TOKEN the token of the REST API instead of api.tokenFile. The exit status is 0 after Ctrl-C or SIGTERM, 2
when the command line, the configuration or a secret cannot be used, and 1 after any other failure.`;

await main('npm run wingman', async () => {
  const { options, help: wantsHelp } = parseOptions(process.argv.slice(2), table);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  if (options.example) {
    console.log(exampleConfig().trimEnd());
    return 0;
  }
  if (options.config === undefined) {
    throw new UsageError('--config is missing: name a configuration file. --example prints one to begin with.');
  }
  try {
    const loaded = loadConfig(options.config);
    if (options.check) {
      console.log(JSON.stringify(configText({ ...loaded.config, basePath: loaded.basePath }), null, 2));
      return 0;
    }
    if (options.backup !== undefined) {
      const folder = resolve(options.backup);
      const files = await backUp(loaded.basePath, folder);
      console.log(`${files.join(', ')}: copied to ${folder}, readable for you alone. They are secret.`);
      return 0;
    }
    return await run(options.config, loaded, options['reset-settings']);
  } catch (error) {
    if (!(error instanceof ConfigInvalid || error instanceof SecretInvalid)) throw error;
    console.error(error.message);
    return 2;
  }
});

async function run(file: string, loaded: LoadedConfig, resetSettings: boolean): Promise<number> {
  // Only now: help and checks need not wait for all that a running Wingman is made of.
  const { Wingman } = await import('./wingman.ts');
  // To be stopped is how this program ends, so it is no failure.
  endBySignalWith(0);
  const log = createLog(loaded.config.log);
  log.info({ config: file, basePath: loaded.basePath }, 'Wingman starts');
  const wingman = await Wingman.start({ loaded, resetSettings, log });
  onShutdown(async () => {
    log.info('Wingman stops');
    await wingman.stop();
    log.info('Wingman has stopped');
  });
  try {
    return await wingman.failed;
  } finally {
    await holdDuringShutdown();
  }
}
