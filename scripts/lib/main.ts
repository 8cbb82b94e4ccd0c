/** The frame of a script that a person runs: errors become messages and exit statuses. */
import { UsageError } from './options.ts';
import { holdDuringShutdown, shutDown } from './shutdown.ts';

/**
 * Runs a script. Its result is the exit status; a {@link UsageError} is 2, any other error 1. Whatever the script has
 * started and not stopped is stopped then.
 *
 * @param usage the command to ask for help, named below the message of a usage error
 */
export async function main(usage: string, script: () => Promise<number>): Promise<never> {
  let status: number;
  try {
    status = await script();
    await holdDuringShutdown();
  } catch (error) {
    await holdDuringShutdown();
    status = error instanceof UsageError ? 2 : 1;
    console.error(error instanceof Error ? error.message : error);
    if (error instanceof UsageError) console.error(`See: ${usage} -- --help`);
    else if (process.env.AIRO_DEBUG && error instanceof Error) console.error(error.stack);
  }
  await shutDown();
  process.exit(status);
}
