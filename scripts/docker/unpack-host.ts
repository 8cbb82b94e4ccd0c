/** Puts the node's prebuilt executable somewhere, checked against its hash: `node unpack-host.ts FILE`. */
import { chmod, copyFile } from 'node:fs/promises';

import { hostExecutable } from '../chain/host.ts';

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('Name the file to write.');
await copyFile(await hostExecutable(), target);
await chmod(target, 0o755);
