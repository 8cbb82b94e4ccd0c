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
import type { BareResult, BareTask } from './bare-worker.ts';

export interface Bare extends AsyncDisposable {
  /** Runs the subject's model in a new page, which is closed afterwards. */
  readonly run: (setting: Pick<BareTask, 'threads' | 'seconds'>) => Promise<BareResult>;
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
    async run({ threads, seconds }) {
      const page = await browser.newPage();
      try {
        await page.goto(origin);
        const task = {
          ...{ model: '/model.onnx', inputName: input.name, outputName: output.name, threads, seconds },
          shape: input.shape.map((size) => size ?? 1),
        };
        const { imagesPerSecond, outputs } = await page.evaluate(async (told) => {
          const inputs = new Float32Array(await (await fetch('/inputs')).arrayBuffer());
          const worker = new Worker('/bare-worker.js', { type: 'module' });
          const answer = await new Promise<BareResult | { readonly error: string }>((resolve, reject) => {
            worker.addEventListener('message', ({ data }) => resolve(data as BareResult));
            worker.addEventListener('error', ({ message }) => reject(new Error(message)));
            worker.postMessage({ ...told, inputs });
          });
          worker.terminate();
          if ('error' in answer) throw new Error(answer.error);
          return { imagesPerSecond: answer.imagesPerSecond, outputs: [...answer.outputs] };
        }, task);
        return { imagesPerSecond, outputs: Float32Array.from(outputs) };
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
