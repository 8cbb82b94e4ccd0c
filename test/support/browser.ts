/** A page in headless Chromium for a test: bundled, served on a free port, closed with the test. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { build } from 'esbuild';
import { chromium, type Page } from 'playwright';

import { afterwards } from './cleanup.ts';
import { chromiumArguments, findChromium } from '../../scripts/lib/chromium.ts';

/**
 * Opens an empty page that runs the given scripts.
 *
 * @param folder where the scripts lie
 * @param scripts their names without `.ts`; the first is the page's, the others are workers, served as `/NAME.js`
 */
export async function openPage(t: TestContext, folder: string, scripts: readonly string[]): Promise<Page> {
  const origin = await serve(t, await bundle(folder, scripts), scripts[0] ?? '');
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium. Install one, or name it in AIRO_CHROMIUM.');
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  afterwards(t, () => browser.close());
  const page = await browser.newPage();
  page.on('console', (message) => t.diagnostic(`page: ${message.text()}`));
  page.on('pageerror', (error) => t.diagnostic(`page: ${error.message}`));
  await page.goto(origin);
  return page;
}

async function bundle(folder: string, scripts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: scripts.map((name) => join(folder, `${name}.ts`)),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    outdir: folder,
    write: false,
    logLevel: 'silent',
  });
  return new Map(outputFiles.map(({ path, text }) => [path.slice(folder.length), text]));
}

/** @returns the origin that serves the files, with a page at its root that loads the first script */
async function serve(t: TestContext, files: ReadonlyMap<string, string>, first: string): Promise<string> {
  const html =
    '<!doctype html><meta charset="utf-8"><title>Test</title><link rel="icon" href="data:,">' +
    `<script type="module" src="/${first}.js"></script>`;
  const server = createServer(({ url = '/' }, response) => {
    const script = files.get(url);
    if (url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(html);
    else if (script !== undefined) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterwards(t, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
