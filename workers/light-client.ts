/** The half of the light client that computes: it checks proofs and signatures away from the page's main thread. */
import { compileBytecode } from 'smoldot/bytecode';
import { run } from 'smoldot/worker';

addEventListener('message', ({ data }) => void run(data as MessagePort), { once: true });
postMessage(await compileBytecode());
