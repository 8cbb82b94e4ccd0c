/** A context for commands in tests: a market in memory, and what was written. */
import type { TestContext } from 'node:test';

import type { Dx, Uploaded } from '../../lib/dx/types.ts';
import { startMarket, type Behaviour, type TestParts } from '../../lib/consumer/testing/parts.ts';
import type { RunningContext } from '../connect.ts';
import { Output } from '../output.ts';
import { runCommand, understand } from '../run.ts';

export interface TestCommands extends TestParts {
  /** Runs a command; its secret and connections come from the market in memory. */
  run(...args: readonly string[]): Promise<Ran>;
}

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  /** What remained when it ended. */
  readonly remaining: readonly string[];
}

/** Starts a market with these providers, and commands that use it. */
export async function startCommands(t: TestContext, behaviours: readonly Behaviour[]): Promise<TestCommands> {
  const parts = await startMarket(t, behaviours);
  const dx: Dx = {
    upload: async (data): Promise<Uploaded> => ({ ...(await parts.dx.upload(data)), holders: [] }),
    download: (key) => parts.dx.download(key),
  };
  const run = async (...args: readonly string[]): Promise<Ran> => {
    const request = understand(args);
    if (request.kind === 'text') throw new Error('a help text was asked for');
    let [out, err] = ['', ''];
    const output = new Output(
      request.options.json,
      { write: (text) => (out += text) },
      { write: (text) => (err += text) },
    );
    const remaining = new Set<string>();
    const putOff: (() => Promise<void>)[] = [];
    const context: RunningContext = {
      out: output,
      signal: t.signal,
      until: 'inBestBlock',
      chain: () => Promise.resolve(parts.chain),
      dx: () => Promise.resolve(dx),
      ports: () => Promise.resolve(parts),
      remains(what) {
        remaining.add(what);
        return () => remaining.delete(what);
      },
      afterwards: (done) => void putOff.push(done),
      remaining: () => [...remaining],
      async finish() {
        for (const done of putOff) await done();
      },
      close: () => Promise.resolve(),
    };
    const status = await runCommand(request, context);
    return { status, out, err, remaining: [...remaining] };
  };
  return { ...parts, run };
}
