/** `npm run soak`: hard use of the whole market on this machine, and what came of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { main } from './lib/main.ts';
import { describeOptions, parseOptions } from './lib/options.ts';
import { onShutdown } from './lib/shutdown.ts';
import { documentOf, tablesOf } from './soak/report.ts';
import { soak } from './soak/run.ts';

const defaults = { minutes: 30, wingmen: 6, consumers: 4, 'dx-servers': 3 } as const;

const table = {
  minutes: { type: 'count', help: `For how long things break. (default: ${defaults.minutes})` },
  wingmen: { type: 'count', help: `How many providers. (default: ${defaults.wingmen})` },
  consumers: { type: 'count', help: `How many buy and send all the time. (default: ${defaults.consumers})` },
  'dx-servers': { type: 'count', help: `How many Dx servers. (default: ${defaults['dx-servers']})` },
  seed: { type: 'count', help: 'The number from which failures and purchases are drawn. (default: another each time)' },
  keep: { type: 'flag', help: 'Keep the logs and the state of all processes also when all is well.' },
  json: { type: 'flag', help: 'Print the report as one JSON document at the end; progress goes to standard error.' },
} as const;

const help = `Uses a whole market hard: consumers buy and send all the time, while Wingmen, Dx servers and the node are killed
and frozen, packets are late and lost, and connections are cut. At the end everything has to be whole: the books balance,
no money is held without reason, no request is unanswered and unrefunded, every result that was paid for is there, and no
process has used more and more memory.

npm run soak -- [OPTION...]

${describeOptions(table)}

The first Wingman and the first Dx server are never killed, so that their memory can be compared over the whole time.
Everything is new each time and on this machine alone. When something is wrong the exit status is 1, and the logs are kept.`;

await main('npm run soak', async () => {
  const { options, help: wantsHelp } = parseOptions(process.argv.slice(2), table);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const seed = options.seed ?? Math.floor(Math.random() * 1_000_000) + 1;
  const began = performance.now();
  const write = options.json ? console.error : console.log;
  const say = (line: string) => write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`);
  const folder = await mkdtemp(join(tmpdir(), 'airo-soak-'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  const unregister = onShutdown(remove);
  const stopping = new AbortController();
  onShutdown(() => stopping.abort(new Error('The soak was stopped.')));
  say(`seed ${seed}; logs in ${join(folder, 'logs')}`);
  const keepLogs = () => {
    unregister();
    say(`the logs are kept in ${join(folder, 'logs')}; the seed was ${seed}`);
  };
  const report = await soak({
    durationMs: (options.minutes ?? defaults.minutes) * 60_000,
    wingmen: options.wingmen ?? defaults.wingmen,
    consumers: options.consumers ?? defaults.consumers,
    dxServers: options['dx-servers'] ?? defaults['dx-servers'],
    seed,
    failureEveryMs: [2_000, 12_000],
    folder,
    say,
    signal: stopping.signal,
  }).catch((error: unknown) => {
    if (!stopping.signal.aborted) keepLogs();
    throw error;
  });
  const isGood = report.findings.length === 0;
  console.log(options.json ? documentOf(report) : tablesOf(report));
  if (!isGood || options.keep) keepLogs();
  return isGood ? 0 : 1;
});
