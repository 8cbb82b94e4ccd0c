/** The description of the REST API: `node wingman/openapi.ts` writes it to `wingman/openapi.json`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { format } from 'prettier';

import { parseConfig } from './config/load.ts';
import { LiveSettings } from './config/settings.ts';
import type { Context } from './context.ts';
import { Initializer } from './initialize.ts';
import { SqliteJournal } from './journal/sqlite.ts';
import { createLog } from '../scripts/lib/log.ts';
import { Metrics } from './metrics.ts';
import { createServer } from './server.ts';

export const openApiFile = join(import.meta.dirname, 'openapi.json');

/** The description as JSON, of the API with its default configuration. */
export async function openApi(): Promise<string> {
  const loaded = parseConfig('{}', 'openapi.json');
  const log = createLog({ level: 'error', format: 'json' });
  const journal = new SqliteJournal(':memory:');
  const context: Context = {
    loaded,
    settings: await LiveSettings.open(loaded, journal, () => undefined),
    journal,
    models: { about: () => null, ready: () => [] },
    signer: '',
    provider: '',
    connected: () => null,
    waitingFor: () => '',
    startedAt: 0,
  };
  const server = await createServer({
    context,
    initializer: new Initializer(context, log),
    metrics: new Metrics(context),
    token: 'none',
    log,
  });
  try {
    await server.ready();
    return await format(JSON.stringify(server.swagger()), { parser: 'json', printWidth: 120 });
  } finally {
    await server.close();
    journal.close();
  }
}

if (import.meta.main) await writeFile(openApiFile, await openApi());
