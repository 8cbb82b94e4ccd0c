/** Starting the Cockpit's web server: for `npm run app`, the demonstration, benchmarks and tests alike. */
import { access, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';

import { onShutdown } from '../lib/shutdown.ts';
import { buildSite, siteFolder } from './build.ts';
import { createSiteServer } from './server.ts';

export interface StartAppOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** The address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
  /** A file that is served as `/network.json`. It is read at each request: it may be written later, or change. */
  readonly network?: string;
  /** A file that is served as `/chain-spec.json`. */
  readonly chainSpec?: string;
  /** Files with a certificate and its key, in PEM: it speaks https then. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Receives each line about the build. */
  readonly onLine?: (line: string) => void;
  /** Receives each line that Next.js writes. */
  readonly onOutput?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The Cockpit, served. */
export interface RunningApp extends AsyncDisposable {
  /** Where the market is: an origin with a slash at its end. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** The Cockpit could not be served; the message says why. */
export class AppStartError extends Error {
  override readonly name = 'AppStartError';
}

/**
 * Builds the site if its sources have changed, and serves it.
 *
 * @throws {AppStartError} {BuildError} {InlineContentError}; nothing of it runs then
 */
export async function startApp(options: StartAppOptions = {}): Promise<RunningApp> {
  const { port = 0, host = '127.0.0.1', network, chainSpec, tls, onLine, onOutput, signal } = options;
  const secrets = tls === undefined ? undefined : await readTls(tls);
  if (chainSpec !== undefined) await requireFile(chainSpec, 'the specification of the chain');
  await buildSite({
    ...(onLine === undefined ? {} : { onLine }),
    ...(onOutput === undefined ? {} : { onOutput }),
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();

  const server = await createSiteServer({
    folder: siteFolder,
    files: {
      ...(network === undefined ? {} : { '/network.json': network }),
      ...(chainSpec === undefined ? {} : { '/chain-spec.json': chainSpec }),
    },
    ...(secrets === undefined ? {} : { tls: secrets }),
  });
  try {
    await server.listen({ port, host });
  } catch (error) {
    await server.close();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new AppStartError(
      code === 'EADDRINUSE'
        ? `Port ${port} is in use. Stop the program that listens there, or choose another port.`
        : `The site cannot be served on ${host}, port ${port}: ${message}`,
      { cause: error },
    );
  }
  const stop = async () => {
    unregister();
    await server.close();
  };
  const unregister = onShutdown(stop);
  const { port: listening } = server.server.address() as AddressInfo;
  // A page on localhost may do what one on https may, and 0.0.0.0 is no address to go to.
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return {
    url: `${secrets === undefined ? 'http' : 'https'}://${name}:${listening}/`,
    port: listening,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function readTls({ certFile, keyFile }: { readonly certFile: string; readonly keyFile: string }) {
  await requireFile(certFile, 'the certificate');
  await requireFile(keyFile, "the certificate's key");
  return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
}

async function requireFile(file: string, what: string): Promise<void> {
  try {
    await access(file);
  } catch (error) {
    throw new AppStartError(`${file}, ${what}, cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
