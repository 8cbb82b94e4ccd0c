/** A process that does with an input what no target should: it never ends, takes memory without end, or ends itself. */
import { tell, type Order } from '../orders.ts';

process.on('message', ({ target }: Order) => {
  tell({ kind: 'next', bytes: new TextEncoder().encode(target) });
  if (target === 'exit') process.exit(3);
  const taken: unknown[] = [];
  for (;;) if (target === 'memory') taken.push(new Array(1_000).fill(0));
});
tell({ kind: 'ready' });
