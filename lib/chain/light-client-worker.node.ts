/** The worker thread of `light-client.node.ts`. */
import { workerData } from 'node:worker_threads';

import { run } from 'smoldot/worker';

await run(workerData as MessagePort);
