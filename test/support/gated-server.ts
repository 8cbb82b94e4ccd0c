/** A server of the Open Inference Protocol with the real ResNet behind a gate: for catching a provider at its work. */
import type { TestContext } from 'node:test';

import { afterwards } from './cleanup.ts';
import { onnxRunner, startOipServer } from '../../lib/inference/node/index.ts';
import type { Runner } from '../../lib/inference/types.ts';
import { readResnet } from '../../scripts/demo/marketplace.ts';
import { waitFor } from '../../scripts/lib/wait.ts';

export interface GatedServer {
  /** The configuration of a Wingman's runner. */
  readonly runner: {
    readonly kind: 'http';
    readonly url: string;
    readonly modelName: string;
    readonly anyVersion: true;
  };
  /** Lets this many further inferences pass and holds the others. */
  admit(inferences: number): void;
  /** Lets everything pass from now on. */
  open(): void;
  /** Waits until this many inferences are held. */
  holds(inferences: number): Promise<void>;
}

/** Starts such a server with its gate open. */
export async function startGatedServer(t: TestContext): Promise<GatedServer> {
  const { bytes, description } = await readResnet();
  const real = onnxRunner({ sessions: 1 });
  let admitted = Infinity;
  const held: (() => void)[] = [];
  const pass = async () => {
    if (admitted <= 0) await new Promise<void>((resolve) => held.push(resolve));
    admitted -= 1;
  };
  const letPass = (count: number) => {
    admitted = count;
    for (const release of held.splice(0, count)) release();
  };
  const gated: Runner = {
    about: `${real.about}, gated`,
    close: () => real.close(),
    async load(model, signal) {
      const loaded = await real.load(model, signal);
      return {
        concurrency: loaded.concurrency,
        release: () => loaded.release(),
        async run(request, runSignal) {
          await pass();
          return loaded.run(request, runSignal);
        },
      };
    },
  };
  const model = { name: 'digits', version: '1', description, bytes: () => Promise.resolve(bytes) };
  const server = await startOipServer({ runner: gated, models: [model] }, t.signal);
  afterwards(t, async () => {
    letPass(Infinity);
    await server.close();
    await real.close();
  });
  return {
    runner: { kind: 'http', url: server.url, modelName: 'digits', anyVersion: true },
    admit: letPass,
    open: () => letPass(Infinity),
    holds: async (inferences) => {
      await waitFor(() => held.length >= inferences, {
        ...{ what: `${inferences} inferences at the gate`, timeoutMs: 60_000, signal: t.signal },
      });
    },
  };
}
