/**
 * `end-with-parent.ts PID PROGRAM [ARGUMENT...]` runs a program of Node that ends when the process with this id, which has
 * started it, does. For programs that would work on, in the way of the next one, if that process were killed and could not
 * stop them.
 */
import { pathToFileURL } from 'node:url';

// The program sees its own arguments alone.
const [, parent] = process.argv.splice(1, 2);
const [, program = ''] = process.argv;

// Whoever has lost its parent is given another one; there is no event for that.
setInterval(() => {
  if (process.ppid !== Number(parent)) process.exit(1);
}, 100).unref();

await import(pathToFileURL(program).href);
