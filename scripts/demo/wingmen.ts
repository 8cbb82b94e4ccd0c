/** The two providers of the demonstration: accounts, Dx peers and strategies of their own. */
import { join } from 'node:path';

import type { ConfigText } from '../../wingman/config/schema.ts';
import type { WingmanProcess } from '../../wingman/start.ts';
import type { Marketplace } from './marketplace.ts';

/** What a Wingman of the demonstration is told, but for where chain and Dx are. */
export const wingmen = [
  {
    name: 'Wingman Dave',
    secret: '//Dave',
    // Goes a little below whoever is best.
    strategy: { kind: 'undercut', floor: '0.05 AIRO', start: '0.4 AIRO', step: 0.1 },
  },
  {
    name: 'Wingman Eve',
    secret: '//Eve',
    // Asks a program for each price; see there.
    strategy: {
      kind: 'external',
      floor: '0.08 AIRO',
      hook: { command: [process.execPath, join(import.meta.dirname, 'price-hook.ts')] },
    },
  },
] satisfies readonly { name: string; secret: string; strategy: ConfigText['strategy'] }[];

export interface NamedWingman {
  readonly name: string;
  readonly wingman: WingmanProcess;
}

/** Starts them side by side. They serve model 0 as soon as it is there. */
export function startWingmen(market: Marketplace): Promise<readonly NamedWingman[]> {
  return Promise.all(
    wingmen.map(async ({ name, secret, strategy }) => {
      const runner = { kind: 'onnx', sessions: 1 } as const;
      const config = { profile: { name }, strategy, models: [{ model: 0 }], runner };
      return { name, wingman: await market.wingman({ secret, config }) };
    }),
  );
}
