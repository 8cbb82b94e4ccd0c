/** `airo`: the market from a command line. */
import { main } from '../scripts/lib/main.ts';
import { UsageError } from '../scripts/lib/options.ts';
import { holdDuringShutdown, onShutdown } from '../scripts/lib/shutdown.ts';
import { createContext } from './connect.ts';
import { Output } from './output.ts';
import { describeError, helpFor, runCommand, understand } from './run.ts';

await main('npm run airo', async () => {
  const args = process.argv.slice(2);
  let out = new Output(false);
  try {
    const request = understand(args);
    if (request.kind === 'text') {
      console.log(request.text);
      return 0;
    }
    out = new Output(request.options.json);
    const stop = new AbortController();
    const context = createContext(request.options, out, stop.signal);
    const unregister = onShutdown(async () => {
      out.live('');
      for (const what of context.remaining()) out.note(what);
      stop.abort(new Error('The command was ended.'));
      await context.close();
    });
    try {
      return await runCommand(request, context);
    } finally {
      // After Ctrl-C that is done already.
      await holdDuringShutdown();
      unregister();
      await context.close();
    }
  } catch (error) {
    await holdDuringShutdown();
    console.error(describeError(error, out));
    if (process.env.AIRO_DEBUG && error instanceof Error) console.error(error.stack);
    if (!(error instanceof UsageError)) return 1;
    console.error(`See: ${helpFor(args)}`);
    return 2;
  }
});
