import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { finishSite } from './finish.ts';
import { createSiteServer, type SiteServerOptions } from './server.ts';

const script = 'document.documentElement.dataset.theme = "dark";';
const page = (title: string) =>
  `<!DOCTYPE html><html><head><meta charSet="utf-8"/><title>${title}</title></head><body><script>${script}</script>` +
  `<p>${'text '.repeat(400)}</p></body></html>`;

/** A small exported site in a folder of its own, and beside it a file that nobody may see. */
async function site(t: TestContext, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'airo-site-'));
  t.after(() => rm(parent, { recursive: true, force: true }));
  const folder = join(parent, 'out');
  const files = {
    'index.html': page('Market'),
    '404.html': page('Nothing here'),
    'buy/index.html': page('Buy'),
    'buy/index.txt': 'flight data',
    '_next/static/chunks/a1b2.js': `export const a = 1;${'\n'.repeat(2_000)}`,
    'ort/model.wasm': 'wasm',
    '.hidden': 'secret',
    ...more,
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  await writeFile(join(parent, 'secret.txt'), 'secret');
  return folder;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Serves a folder, and asks for paths exactly as they are written. */
async function served(t: TestContext, options: SiteServerOptions) {
  const server = await createSiteServer(options);
  t.after(() => server.close());
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as AddressInfo;
  return (path: string, method = 'GET', headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers, timeout: 10_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      asked.on('error', reject);
      asked.end();
    });
}

test('a page is sent with the headers that isolate it and with the hash of its script', async (t) => {
  const folder = await site(t);
  await finishSite(folder);
  const get = await served(t, { folder });
  const hash = `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  for (const path of ['/', '/buy/', '/index.html', '/?utm=1']) {
    const { status, headers } = await get(path);
    assert.equal(status, 200, path);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-cache');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-embedder-policy'], 'require-corp');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.match(String(headers['permissions-policy']), /camera=\(self\)/);
    const policy = String(headers['content-security-policy']);
    assert.ok(policy.includes(hash), path);
    assert.match(policy, /frame-ancestors 'none'/);
  }
});

test('a page with an inline style is not served at all', async (t) => {
  const folder = await site(t, { 'bad/index.html': page('Bad').replace('<p>', '<p style="color:red">') });
  await assert.rejects(createSiteServer({ folder }), { name: 'InlineContentError', message: /^bad\/index\.html: / });
  await assert.rejects(finishSite(folder), { name: 'InlineContentError', message: /^bad\/index\.html: / });
});

test('a script that was added to a page after its policy was written does not run', async (t) => {
  const folder = await site(t);
  await finishSite(folder);
  const get = await served(t, { folder });
  const { body, headers } = await get('/');
  const added = createHash('sha256').update('alert(1)').digest('base64');
  assert.ok(!String(headers['content-security-policy']).includes(added));
  assert.ok(!body.toString().includes(added));
});

test('what a browser can unpack is sent compressed, and unpacks to the same', async (t) => {
  const folder = await site(t);
  await finishSite(folder);
  const get = await served(t, { folder });
  for (const path of ['/', '/_next/static/chunks/a1b2.js']) {
    const plain = await get(path);
    assert.equal(plain.headers['content-encoding'], undefined);
    const br = await get(path, 'GET', { 'accept-encoding': 'gzip, br' });
    assert.equal(br.headers['content-encoding'], 'br');
    assert.equal(br.headers['content-type'], plain.headers['content-type']);
    assert.equal(br.headers['content-security-policy'], plain.headers['content-security-policy']);
    assert.equal(br.headers['cache-control'], plain.headers['cache-control']);
    assert.deepEqual(brotliDecompressSync(br.body), plain.body);
    const gzip = await get(path, 'GET', { 'accept-encoding': 'gzip' });
    assert.equal(gzip.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(gzip.body), plain.body);
    assert.match(String(plain.headers.vary), /accept-encoding/i);
  }
});

test('files whose names change with their content are kept for good, all others are asked for again', async (t) => {
  const get = await served(t, { folder: await site(t) });
  assert.equal(
    (await get('/_next/static/chunks/a1b2.js')).headers['cache-control'],
    'public, max-age=31536000, immutable',
  );
  assert.equal((await get('/buy/index.txt')).headers['cache-control'], 'no-cache');
  const { headers } = await get('/buy/index.txt');
  assert.equal((await get('/buy/index.txt', 'GET', { 'if-none-match': String(headers.etag) })).status, 304);
});

test('WebAssembly has its content type, without which it is compiled slowly', async (t) => {
  const get = await served(t, { folder: await site(t) });
  assert.equal((await get('/ort/model.wasm')).headers['content-type'], 'application/wasm');
});

test('a view without its slash is sent to the one with it', async (t) => {
  const get = await served(t, { folder: await site(t) });
  const { status, headers } = await get('/buy?model=3');
  assert.equal(status, 301);
  assert.equal(headers.location, '/buy/?model=3');
});

test('nothing outside of the folder is served, and nothing hidden in it', async (t) => {
  const get = await served(t, { folder: await site(t) });
  const paths = [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/buy/../../secret.txt',
    '/%2e%2e%2fsecret.txt',
    '//../secret.txt',
    '/..\\secret.txt',
    '/buy/%00.txt',
    '/%',
    '/.hidden',
  ];
  for (const path of paths) {
    const { status, body, headers } = await get(path);
    assert.equal(status, 404, path);
    assert.ok(!body.includes('secret'), path);
    assert.match(String(headers['content-security-policy']), /default-src 'self'/, path);
  }
});

test('what is not there is answered by the page that says so, with its policy', async (t) => {
  const get = await served(t, { folder: await site(t) });
  const { status, body, headers } = await get('/nothing/here/');
  assert.equal(status, 404);
  assert.match(body.toString(), /Nothing here/);
  assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  assert.match(String(headers['content-security-policy']), /sha256-/);
  assert.equal(headers['cross-origin-embedder-policy'], 'require-corp');
});

test('only GET and HEAD are answered', async (t) => {
  const get = await served(t, { folder: await site(t) });
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const { status, headers } = await get('/', method);
    assert.equal(status, 405, method);
    assert.equal(headers.allow, 'GET, HEAD');
  }
  const { status, body } = await get('/', 'HEAD');
  assert.equal(status, 200);
  assert.equal(body.length, 0);
});

test('a file from elsewhere is read at each request, and while it is missing there is none', async (t) => {
  const folder = await site(t);
  const network = join(folder, '..', 'network.json');
  const get = await served(t, { folder, files: { '/network.json': network } });
  assert.equal((await get('/network.json')).status, 404);
  for (const name of ['first', 'second']) {
    await writeFile(network, JSON.stringify({ name }));
    const { status, body, headers } = await get('/network.json');
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(body.toString()), { name });
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-cache');
  }
});
