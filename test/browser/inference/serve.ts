/** Pages that run models, bundled and served with all that they need, in a Chromium with a GPU or without. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { build } from 'esbuild';
import { chromium, type Page } from 'playwright';

import { chromiumArguments, findChromium } from '../../../scripts/lib/chromium.ts';
import { root } from '../../../scripts/lib/paths.ts';
import { afterwards } from '../../support/cleanup.ts';
import { fixtureFile, type FixtureName } from '../../support/inference.ts';

/** A GPU that is emulated in software: slow, and right. */
const gpuArguments = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:; object-src 'none'";
const isolation = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** Where the model of the demo lies. */
export const resnetFolder = join(root, 'public', 'models', 'resnet-mnist');

interface PageOptions {
  /** The sources of its scripts by their names: `page`, and workers. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Whether the browser has a GPU; it has none by default. */
  readonly gpu?: boolean;
  /** Whether the page is isolated from others, so that its threads may share memory; it is by default. */
  readonly isolated?: boolean;
  /** Hears what the page says in its console. */
  readonly say: (line: string) => void;
}

/** A page that is open, in a browser of its own. */
interface OpenPage {
  readonly page: Page;
  /** Ends the browser and the server. */
  readonly close: () => Promise<void>;
}

/** Opens a page. Nothing is left when that fails. */
async function openPageOf(options: PageOptions): Promise<OpenPage> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium. Install one, or name it in AIRO_CHROMIUM.');
  const { gpu = false, isolated = true, say } = options;
  const scripts = await bundle(options.scripts);
  const server = await serve(scripts, isolated ? isolation : {});
  try {
    const args = [...chromiumArguments, ...(gpu ? gpuArguments : [])];
    const browser = await chromium.launch({ executablePath, args });
    const close = () => Promise.all([browser.close(), server.close()]).then(() => undefined);
    try {
      const page = await browser.newPage();
      page.on('console', (message) => say(`page: ${message.text()}`));
      page.on('pageerror', (error) => say(`page: ${error.message}`));
      await page.goto(server.origin);
      return { page, close };
    } catch (error) {
      await browser.close();
      throw error;
    }
  } catch (error) {
    await server.close();
    throw error;
  }
}

export interface InferencePageOptions extends Pick<PageOptions, 'gpu' | 'isolated'> {
  /** What runs as the worker: the product's own, or that one in a world where things go wrong. */
  readonly worker?: 'product' | 'troubled' | 'lying';
}

/** Opens the page of `page.ts` for as long as a test lasts. */
export async function openInferencePage(t: TestContext, options: InferencePageOptions = {}): Promise<Page> {
  const { worker = 'product', ...others } = options;
  const here = import.meta.dirname;
  const source = worker === 'product' ? join(root, 'workers', 'inference.ts') : join(here, `${worker}-worker.ts`);
  const { page, close } = await openPageOf({
    ...others,
    scripts: { page: join(here, 'page.ts'), 'workers/inference': source },
    say: (line) => t.diagnostic(line),
  });
  afterwards(t, close);
  return page;
}

async function bundle(scripts: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: scripts,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    outdir: '/',
    write: false,
    logLevel: 'silent',
  });
  // The address of a worker is that of its source, seen from a script at the top.
  const served = (path: string) => (path.startsWith('/workers/') ? path.replace(/\.js$/, '.ts') : path);
  return new Map(outputFiles.map(({ path, contents }) => [served(path), contents]));
}

async function serve(files: ReadonlyMap<string, Uint8Array>, headers: Readonly<Record<string, string>>) {
  const html =
    '<!doctype html><meta charset="utf-8"><title>Test</title><link rel="icon" href="data:,">' +
    '<script type="module" src="/page.js"></script>';
  const server = createServer(({ url = '/' }, response) => {
    const found = url === '/' ? Promise.resolve(html) : Promise.resolve(files.get(url) ?? readFile(fileOf(url)));
    found.then(
      (body) => {
        const type = { 'content-type': typeOf(url), 'content-security-policy': policy };
        response.writeHead(200, { ...headers, ...type }).end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin, close };
}

/** Models by their names, and what onnxruntime looks for beside its script. */
function fileOf(url: string): string {
  const [, folder, name] = /^\/(?:(models)\/)?([\w.-]+)$/.exec(url) ?? [];
  if (name === undefined) return '';
  if (folder === undefined) return join(root, 'node_modules', 'onnxruntime-web', 'dist', name);
  return name === 'resnet' ? join(resnetFolder, 'model.onnx') : fixtureFile(name as FixtureName);
}

function typeOf(url: string): string {
  if (url === '/') return 'text/html';
  if (/\.(js|mjs|ts)$/.test(url)) return 'text/javascript';
  return url.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
}
