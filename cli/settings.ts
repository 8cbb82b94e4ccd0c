/** Where the chain and Dx are, and whose account it is: from options, then the environment, then defaults. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

import { defaultPorts } from '../dx/config.ts';
import { defaultRpcPort } from '../scripts/chain/specs.ts';
import { UsageError, type OptionTable, type Parsed } from '../scripts/lib/options.ts';
import { dataFolder } from '../scripts/lib/paths.ts';
import type { Need } from './command.ts';

const defaultChain = `ws://127.0.0.1:${defaultRpcPort}`;
const defaultDx = `http://127.0.0.1:${defaultPorts.rpc}`;

const json = {
  json: { type: 'flag', help: 'Print one JSON document at the end; progress goes to standard error.' },
} as const;

/** The options that commands of a kind share. */
const sharedOptions = {
  chain: {
    chain: {
      type: 'url',
      schemes: ['ws', 'wss'],
      help: `The chain node, by WebSocket. Also AIRO_CHAIN. Default: ${defaultChain}.`,
    },
    'light-client': {
      type: 'file',
      help: 'Follow the chain of this specification by a light client instead, without trusting a node.',
    },
  },
  account: {
    'secret-file': {
      type: 'file',
      help: "A file with the account's secret phrase or URI. Also AIRO_SECRET, the secret.",
    },
    'dev-account': {
      type: 'text',
      placeholder: 'NAME',
      help: 'A well-known account of development chains, such as alice or bob.',
    },
    finalized: { type: 'flag', help: 'Wait until transactions are final, not only in the best block.' },
  },
  dx: {
    dx: {
      type: 'list',
      placeholder: 'ADDRESS',
      help: `Dx: the http:// address of a server, or addresses of peers to join. Also AIRO_DX. Default: ${defaultDx}.`,
    },
  },
} as const satisfies Readonly<Record<Need, OptionTable>>;

/** All options of a command: its own, then the shared ones. */
export function allOptions(own: OptionTable, needs: readonly Need[]): OptionTable {
  return { ...own, ...Object.assign({}, ...needs.map((need) => sharedOptions[need])), ...json } as OptionTable;
}

type Shared = Parsed<
  (typeof sharedOptions)['chain'] & (typeof sharedOptions)['account'] & (typeof sharedOptions)['dx']
>;
/** The shared options that were given; those that a command does not have are missing. */
export type SharedValues = Partial<Shared['options']>;
type Environment = Readonly<Record<string, string | undefined>>;

/** How to reach the chain. */
export type ChainPlace = { readonly url: string } | { readonly spec: string };

/** @throws {UsageError} when both a node and a light client are asked for, or AIRO_CHAIN is no address */
export function chainPlace(options: SharedValues, env: Environment = process.env): ChainPlace {
  const spec = options['light-client'];
  if (spec !== undefined) {
    if (options.chain !== undefined) throw new UsageError('--chain and --light-client exclude each other.');
    return { spec: readFile(spec, '--light-client') };
  }
  const url = options.chain ?? (env.AIRO_CHAIN === '' ? undefined : env.AIRO_CHAIN) ?? defaultChain;
  if (!/^wss?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new UsageError(`AIRO_CHAIN must be an address that begins with ws:// or wss://, not "${url}".`);
  }
  return { url };
}

/** How to reach Dx. */
export type DxPlace = { readonly url: string } | { readonly peers: readonly string[] };

/** @throws {UsageError} when it is said in two ways, or is no address */
export function dxPlace(options: SharedValues, env: Environment = process.env): DxPlace {
  const given = options.dx ?? [];
  const addresses = given.length > 0 ? given : (env.AIRO_DX ?? '').split(',').map((entry) => entry.trim());
  const known = addresses.filter((address) => address !== '');
  if (known.length === 0) return { url: defaultDx };
  const urls = known.filter((address) => /^https?:\/\//.test(address));
  if (urls.length === 0) {
    const wrong = known.find((address) => !address.startsWith('/'));
    if (wrong !== undefined) {
      throw new UsageError(
        `"${wrong}" is no address of Dx. It begins with http://, https://, or /ip4/, /dns4/ and the like.`,
      );
    }
    return { peers: known };
  }
  if (known.length > 1) throw new UsageError('Give --dx one http:// address, or addresses of peers, not both.');
  const [url = ''] = urls;
  if (!URL.canParse(url)) throw new UsageError(`"${url}" is no address.`);
  return { url };
}

/** @throws {UsageError} when no account is named, or two are; the message never contains a secret */
export function accountSecret(options: SharedValues, env: Environment = process.env): string {
  const { 'secret-file': file, 'dev-account': name } = options;
  if (file !== undefined && name !== undefined) {
    throw new UsageError('--secret-file and --dev-account exclude each other.');
  }
  if (name !== undefined) {
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) {
      throw new UsageError(`--dev-account takes a name such as alice or bob, not "${name}".`);
    }
    return `//${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  }
  const secret = file === undefined ? env.AIRO_SECRET?.trim() : readFile(file, '--secret-file').trim();
  if (secret === undefined || secret === '') {
    if (file !== undefined)
      throw new UsageError(`${file} is empty. It should hold the account's secret phrase or URI.`);
    throw new UsageError(
      'Whose account? Give --secret-file FILE or AIRO_SECRET; on a development chain --dev-account alice will do.',
    );
  }
  return secret;
}

/**
 * The folder for keys and sent requests: `AIRO_HOME`, else `airo` in the XDG data folder.
 *
 * @throws {UsageError} when AIRO_HOME is a relative path
 */
export function homeFolder(env: Environment = process.env): string {
  if (!env.AIRO_HOME) return join(dataFolder(env), 'consumer');
  if (!isAbsolute(env.AIRO_HOME)) throw new UsageError(`AIRO_HOME must be an absolute path, not ${env.AIRO_HOME}.`);
  return env.AIRO_HOME;
}

function readFile(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: ${fileProblem(path, error)}`, { cause: error });
  }
}

/** Why a file cannot be read, for people. */
export function fileProblem(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `there is no file ${path}.`;
  if (code === 'EACCES') return `${path} may not be read.`;
  if (code === 'EISDIR') return `${path} is a folder, not a file.`;
  return `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
