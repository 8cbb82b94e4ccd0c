/** The Cockpit's logic in a browser, served as the app would be: bundled in parts, with a strict policy. */
import { createServer, type Server } from 'node:http';
import { readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { build } from 'esbuild';
import { chromium, type BrowserContext, type Page } from 'playwright';

import type { ChainNode } from '../../../scripts/chain/node.ts';
import { withBootNodes } from '../../../scripts/chain/specs.ts';
import { chromiumArguments, findChromium } from '../../../scripts/lib/chromium.ts';
import { root } from '../../../scripts/lib/paths.ts';
import { afterwards } from '../../support/cleanup.ts';

/** Where onnxruntime's WebAssembly lies. */
const onnxruntime = join(root, 'node_modules', 'onnxruntime-web', 'dist');
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'";
/** A page, with what an extension would have put into it or without. */
function encode(url: string): Uint8Array {
  const extension = url === '/' ? '' : '<script type="module" src="/extension.js"></script>';
  const page = '<script type="module" src="/page.js"></script>';
  return new TextEncoder().encode(`<!doctype html><meta charset="utf-8"><title>Test</title>${extension}${page}`);
}

export interface ServedCockpit {
  readonly origin: string;
  /** What serves it is answered by this. */
  readonly files: Map<string, Uint8Array>;
}

/** Bundles the page and its workers, and serves them with these files beside them. */
export async function serveCockpit(
  t: TestContext,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<ServedCockpit> {
  const { outputFiles } = await build({
    // The workers' addresses are those of their sources, seen from a script at the top.
    entryPoints: {
      page: join(import.meta.dirname, 'page.ts'),
      extension: join(import.meta.dirname, 'extension.ts'),
      'workers/light-client': join(root, 'workers', 'light-client.ts'),
      'workers/model-check': join(root, 'workers', 'model-check.ts'),
      'workers/inference': join(root, 'workers', 'inference.ts'),
    },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    outdir: '/',
    write: false,
    logLevel: 'silent',
  });
  const served = new Map<string, Uint8Array>(Object.entries(files));
  for (const { path, contents } of outputFiles) {
    served.set(path, contents);
    if (path.startsWith('/workers/')) served.set(path.replace(/\.js$/, '.ts'), contents);
  }
  for (const name of await readdir(onnxruntime)) {
    if (!name.endsWith('.wasm')) continue;
    const wasm = await readFile(join(onnxruntime, name));
    // The page's own copy, and those that the worker's scripts ask for beside themselves.
    for (const folder of ['/onnxruntime/', '/', '/workers/']) served.set(`${folder}${name}`, wasm);
  }
  const server = createServer(({ url = '/' }, response) => {
    const file = url === '/' || url === '/with-extension' ? encode(url) : served.get(url);
    if (file === undefined) response.writeHead(url === '/favicon.ico' ? 204 : 404).end();
    else response.writeHead(200, { 'content-type': typeOf(url), 'content-security-policy': policy }).end(file);
  });
  const origin = await listen(t, server);
  return { origin, files: served };
}

/** A browser that keeps what its pages keep, for as long as the test lasts. */
export async function openBrowser(t: TestContext): Promise<BrowserContext> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium. Install one, or name it in AIRO_CHROMIUM.');
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  afterwards(t, () => browser.close());
  return browser.newContext();
}

/** Opens a page; what it complains about is collected. */
export async function openCockpit(t: TestContext, context: BrowserContext, origin: string): Promise<ObservedPage> {
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    t.diagnostic(`page: ${message.text()}`);
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => {
    t.diagnostic(`page: ${error.stack ?? error.message}`);
    complaints.push(error.message);
  });
  page.on('websocket', (socket) => requests.push(socket.url()));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) requests.push(request.url());
  });
  await page.goto(origin);
  return { page, complaints, elsewhere: requests };
}

export interface ObservedPage {
  readonly page: Page;
  /** Errors and warnings of the page. */
  readonly complaints: readonly string[];
  /** What was asked of anybody but the page's own server. */
  readonly elsewhere: readonly string[];
}

function typeOf(url: string): string {
  if (url === '/' || url === '/with-extension') return 'text/html';
  if (/\.(js|ts)$/.test(url)) return 'text/javascript';
  if (url.endsWith('.json')) return 'application/json';
  return url.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
}

async function listen(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterwards(t, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** What says that the network is this node alone. */
export function networkFiles(node: ChainNode) {
  const spec = withBootNodes(node.spec, [node.webrtcAddress]);
  return { '/network.json': json({ name: 'Test', chainSpec: './chain-spec.json' }), '/chain-spec.json': json(spec) };
}

/** A file of JSON. */
export const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
