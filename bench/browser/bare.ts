/** onnxruntime-web alone in a page of its own: what a tab could do that had nothing else to do. */
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { build } from 'esbuild';
import type { Browser } from 'playwright';

import { root } from '../../scripts/lib/paths.ts';
import type { Subject } from '../provider/subject.ts';
import { imageOf } from '../provider/subject.ts';
import type { BareReady, BareResult, BareTask } from './bare-worker.ts';
import { browserSeconds } from './processors.ts';

/** How onnxruntime-web is used: so many workers side by side, each with so many threads. */
export interface BareSetting extends Pick<BareTask, 'threads' | 'seconds'> {
  readonly workers: number;
}

export interface BareMeasured {
  readonly imagesPerSecond: number;
  /** The processor time of the whole browser for an image, in milliseconds. */
  readonly processorMs: number;
  /** The outputs of all inputs, one after the other. */
  readonly outputs: Float32Array;
}

export interface Bare extends AsyncDisposable {
  /** Runs the subject's model in a new page, which is closed afterwards. */
  readonly run: (setting: BareSetting) => Promise<BareMeasured>;
}

const onnxruntime = join(root, 'node_modules', 'onnxruntime-web', 'dist');
/** Without these a page gets no shared memory, and WebAssembly no threads. */
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
const types: Readonly<Record<string, string>> = {
  '/': 'text/html',
  js: 'text/javascript',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

/** Serves what such a page needs. */
export async function serveBare(browser: Browser, { bytes, description, requests }: Subject): Promise<Bare> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'bare-worker.ts')],
    ...{ bundle: true, format: 'esm', platform: 'browser', write: false, logLevel: 'silent' },
  });
  const images = requests.map(imageOf);
  const [input] = description.inputs;
  const [output] = description.outputs;
  if (input === undefined || output === undefined) throw new Error('A model needs an input and an output.');
  const files = new Map<string, Uint8Array>([
    ['/', new TextEncoder().encode('<!doctype html><title>Alone</title>')],
    ['/bare-worker.js', outputFiles[0]?.contents ?? new Uint8Array()],
    ['/model.onnx', bytes],
    ['/inputs', Buffer.concat(images.map(({ data }) => data))],
  ]);
  for (const name of await readdir(onnxruntime)) {
    if (/^ort-wasm.*\.(wasm|mjs)$/.test(name)) files.set(`/${name}`, await readFile(join(onnxruntime, name)));
  }
  const server = createServer(({ url = '/' }, response) => {
    const file = files.get(url);
    const type = types[url] ?? types[url.slice(url.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    response.writeHead(file === undefined ? 404 : 200, { ...isolation, 'content-type': type }).end(file);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    async run({ threads, workers, seconds }) {
      const page = await browser.newPage();
      try {
        await page.goto(origin);
        const task = {
          ...{ model: '/model.onnx', inputName: input.name, outputName: output.name, threads, seconds },
          shape: input.shape.map((size) => size ?? 1),
        };
        const outputs = await page.evaluate(startWorkers, { task, workers });
        const before = await browserSeconds(browser);
        const results = await page.evaluate(() => window.begin());
        const used = (await browserSeconds(browser)) - before;
        const images = results.reduce((sum, result) => sum + result.images, 0);
        return {
          imagesPerSecond: results.reduce((sum, result) => sum + result.images / result.seconds, 0),
          processorMs: (used * 1000) / images,
          outputs: Float32Array.from(outputs),
        };
      } finally {
        await page.close();
      }
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

declare global {
  interface Window {
    /** Has the workers run, and gives what they did. */
    begin(): Promise<readonly BareResult[]>;
  }
}

/** Runs in the page: starts the workers, waits until they are warm, and gives the outputs of one of them. */
async function startWorkers({
  task,
  workers,
}: {
  readonly task: Omit<BareTask, 'inputs'>;
  readonly workers: number;
}): Promise<readonly number[]> {
  const inputs = new Float32Array(await (await fetch('/inputs')).arrayBuffer());
  const answer = (worker: Worker) =>
    new Promise<unknown>((resolve, reject) => {
      const hear = ({ data }: MessageEvent<object>) => {
        if ('error' in data) reject(new Error(String(data.error)));
        else resolve(data);
      };
      worker.addEventListener('message', hear, { once: true });
      worker.addEventListener('error', ({ message }) => reject(new Error(message)), { once: true });
    });
  const started = Array.from({ length: workers }, () => new Worker('/bare-worker.js', { type: 'module' }));
  const ready = await Promise.all(
    started.map((worker) => {
      worker.postMessage({ ...task, inputs });
      return answer(worker) as Promise<BareReady>;
    }),
  );
  window.begin = () =>
    Promise.all(
      started.map((worker) => {
        worker.postMessage('begin');
        return answer(worker) as Promise<BareResult>;
      }),
    );
  return [...(ready[0]?.outputs ?? [])];
}
