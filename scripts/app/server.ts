/** The web server of the static site: the right headers, nothing outside of the folder, no cleverness. */
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import fastifyStatic from '@fastify/static';
import { fastify, type FastifyError, type FastifyInstance } from 'fastify';

import { policyFor, policyOfFiles } from './content-security-policy.ts';
import { filesIn } from './files.ts';

export interface SiteServerOptions {
  /** The exported site. */
  readonly folder: string;
  /** Files from elsewhere by the path at which they are served, such as `/network.json`; read at each request. */
  readonly files?: Readonly<Record<string, string>>;
  /** Speak https with this certificate and key, both in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** What every answer says, whatever it is about. */
const everywhere: Readonly<Record<string, string>> = {
  // Isolation, without which a page has no threads in WebAssembly.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy':
    'accelerometer=(), camera=(self), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), ' +
    'microphone=(), midi=(), payment=(), serial=(), usb=()',
};

/** The names of these files change with their content. */
const hashed = /^_next\/static\/(?!.*\/_(build|ssg)Manifest\.js$)/;

/**
 * The server, which does not listen yet.
 *
 * @throws {InlineContentError} when a page has what its policy forbids
 */
export async function createSiteServer({ folder, files = {}, tls }: SiteServerOptions): Promise<FastifyInstance> {
  const policies = await readPolicies(folder);
  const server =
    tls === undefined ? fastify(settings) : (fastify({ ...settings, https: tls }) as unknown as FastifyInstance);

  server.addHook('onRequest', async (_request, reply) => {
    reply.headers({ ...everywhere, 'content-security-policy': policyOfFiles, 'cache-control': 'no-cache' });
    return Promise.resolve();
  });
  await server.register(fastifyStatic, {
    root: folder,
    // `/buy` is sent to `/buy/`, as links on the pages say it.
    redirect: true,
    preCompressed: true,
    acceptRanges: false,
    cacheControl: false,
    dotfiles: 'ignore',
    setHeaders: (reply, path) => {
      const name = relative(folder, path)
        .split(sep)
        .join('/')
        .replace(/\.(br|gz)$/, '');
      const policy = policies.get(name);
      if (policy !== undefined) reply.header('content-security-policy', policy);
      if (hashed.test(name)) reply.header('cache-control', 'public, max-age=31536000, immutable');
    },
  });
  for (const [path, file] of Object.entries(files)) {
    server.get(path, async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(await readFile(file)),
    );
  }
  const notFound = await readFile(join(folder, '404.html'));
  const policyOfNotFound = policies.get('404.html') ?? policyOfFiles;
  server.setNotFoundHandler(async (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return reply
        .code(405)
        .header('allow', 'GET, HEAD')
        .type('text/plain; charset=utf-8')
        .send('Only GET and HEAD.\n');
    }
    return reply
      .code(404)
      .header('content-security-policy', policyOfNotFound)
      .type('text/html; charset=utf-8')
      .send(notFound);
  });
  server.setErrorHandler(async (error: FastifyError, _request, reply) => {
    const { statusCode = 500, code } = error;
    // A path that leads out of the folder is not told from one that is not there.
    if (code === 'ENOENT' || [400, 403, 404].includes(statusCode)) {
      reply.callNotFound();
      return reply;
    }
    return reply.code(statusCode).type('text/plain; charset=utf-8').send('The file cannot be read.\n');
  });
  return server;
}

const settings = {
  logger: false,
  // A browser keeps connections open that it does not use; they must not hold up the end.
  forceCloseConnections: true,
  requestTimeout: 60_000,
  bodyLimit: 1,
  // What cannot be decoded names nothing; it gets the same answer as what is not there.
  rewriteUrl: ({ url = '/' }: { readonly url?: string }) => (isDecodable(url) ? url : '/_malformed'),
};

function isDecodable(url: string): boolean {
  try {
    decodeURI(url);
    return true;
  } catch {
    return false;
  }
}

/** The policy of each page, by its path in the folder. */
async function readPolicies(folder: string): Promise<ReadonlyMap<string, string>> {
  const policies = new Map<string, string>();
  for (const file of await filesIn(folder)) {
    if (!file.endsWith('.html')) continue;
    try {
      policies.set(file, policyFor(await readFile(join(folder, file), 'utf8')));
    } catch (error) {
      if (error instanceof Error) error.message = `${file}: ${error.message}`;
      throw error;
    }
  }
  return policies;
}
