/** The reference of Dx's JSON-RPC: from the methods of a server in TypeScript and the sources of the node. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { dxMethods } from '../../dx/rpc/methods.ts';
import { defaultPorts } from '../../dx/config.ts';
import { codes } from '../../dx/rpc/dispatch.ts';
import type { DxPeer } from '../../lib/dx/peer.ts';
import { rpcErrorCodes } from '../../lib/dx/rpc-errors.ts';
import { workspace } from '../chain/sources.ts';
import { prose, table, typeOf, type Schema } from './schema.ts';

/** What each method does and answers; what it takes comes from its schema. */
const about: Readonly<Record<string, readonly [does: string, answers: string]>> = {
  dx_upload: [
    'Puts data on the network; `key` is its content id.',
    '`{key, holders}`: the peer ids of those that hold it, the answering one first',
  ],
  dx_download: ['Fetches data and checks it against its content id.', 'the data, in hexadecimal after `0x`'],
  dx_peers: ['Lists the connections.', '`[{peer, address, keeps}]`; `keeps`: it keeps data for all'],
  dx_stat: [
    'Says what this peer is and holds.',
    '`{peer, addresses, peers, storers, keeps, keys, bytes, strangerBytes}`',
  ],
  rpc_methods: ['Lists the methods.', '`{methods}`'],
};

const errors: Readonly<Record<keyof typeof rpcErrorCodes, string>> = {
  InvalidKey: 'The key is no content id of Dx.',
  WrongKey: 'The data has another content id; nothing is stored.',
  NotFound: 'Nobody gave it before the deadline.',
  Corrupt: 'What was given has another content id.',
  TooLarge: 'More than this method, or a storer, takes.',
  NotReplicated: 'Nobody holds it after the deadline, or there is no room.',
};

const general: Readonly<Record<keyof typeof codes, string>> = {
  parseError: 'The request is no JSON.',
  invalidRequest: 'It is no request of JSON-RPC 2.0, or a batch that is empty or too large.',
  methodNotFound: 'There is no such method, or, on a node, this caller may not use it (`UploadNotAllowed`).',
  invalidParams: 'A parameter is missing, is one too many, or has the wrong form.',
  internalError: 'Something went wrong inside; the log says what.',
};

/**
 * docs/reference/json-rpc.md.
 *
 * @throws when a method or an error has no text here, or the node has other ones than the server
 */
export async function jsonRpcReference(): Promise<string> {
  // Nothing is called, so there need be no peer.
  const methods = dxMethods({} as DxPeer, 0);
  requireSame('methods described and those of dx/rpc', Object.keys(about), Object.keys(methods));
  const ofNode = await nodeMethods();
  const rows = Object.entries(methods).map(([name, { params }]) => {
    const takes = params.map(([param, schema]) => {
      const type = typeOf(z.toJSONSchema(schema, { io: 'input' }) as Schema, String);
      // What is said when it is missing says what it must be.
      const wanted = schema.safeParse(undefined).error?.issues[0]?.message ?? '';
      return `\`${param}\` (${type}): ${wanted.replace(/\.$/, '')}`;
    });
    const [does = '', answers = ''] = about[name] ?? [];
    const given = ofNode.get(name);
    if (given !== undefined)
      requireSame(
        `parameters of ${name}`,
        params.map(([param]) => param),
        given,
      );
    return [`\`${name}\``, takes.join('; ') || 'nothing', does, answers, given === undefined ? 'no' : 'yes'];
  });
  requireSame('codes of lib/dx and of the node', pairs(Object.entries(rpcErrorCodes)), pairs(await nodeErrors()));
  return [
    '# JSON-RPC of Dx',
    prose(
      'A Dx server (`npm run dx`) and every node of the chain serve these methods, by HTTP and by WebSocket: the server on ' +
        `port ${defaultPorts.rpc} unless told otherwise, the node on its RPC port beside the methods of every node of the ` +
        'Polkadot SDK. Parameters are given by place or by name. [Dx by a node](../node-rpc.md) has limits, deadlines, and ' +
        'who may upload; [the protocol](../dx-protocol.md#content-ids) says what a content id is.',
    ),
    table(['method', 'takes', 'what it does', 'answers', 'on a node'], rows),
    "On a node `rpc_methods` is the SDK's own, and lists its methods too.",
    '## Errors',
    'An error has a `code`, a `message` that says what to do, and in `data.name` its name where it has one.',
    table(
      ['code', 'name', 'when'],
      [
        ...Object.entries(rpcErrorCodes).map(([name, code]) => [
          `${code}`,
          `\`${name}\``,
          errors[name as keyof typeof errors],
        ]),
        ...Object.entries(codes).map(([name, code]) => [`${code}`, '', general[name as keyof typeof general]]),
      ],
    ),
  ].join('\n\n');
}

/** The methods that the node registers, with their parameters. */
async function nodeMethods(): Promise<ReadonlyMap<string, readonly string[]>> {
  const source = await readFile(join(workspace, 'dx', 'src', 'rpc.rs'), 'utf8');
  const registered = [...source.matchAll(/register_\w*method\("(\w+)"/g)].map(([, name = '']) => name);
  const params = new Map(
    [...source.matchAll(/Given::read\("(\w+)", &\[([^\]]*)\]/g)].map(([, name = '', list = '']) => [
      name,
      [...list.matchAll(/"(\w+)"/g)].map(([, param = '']) => param),
    ]),
  );
  return new Map(registered.map((name) => [name, params.get(name) ?? []]));
}

/** The codes of the node's errors above those of the specification and of its RPC library. */
async function nodeErrors(): Promise<readonly (readonly [string, number])[]> {
  const source = await readFile(join(workspace, 'dx', 'src', 'error.rs'), 'utf8');
  return [...source.matchAll(/Self::(\w+)\(_\) => (8\d{3}),/g)].map(
    ([, name = '', code]) => [name, Number(code)] as const,
  );
}

const pairs = (entries: readonly (readonly [string, number])[]) => entries.map(([name, code]) => `${name} ${code}`);

function requireSame(what: string, one: readonly string[], other: readonly string[]): void {
  const [a, b] = [one.toSorted().join(', '), other.toSorted().join(', ')];
  if (a !== b)
    throw new Error(`The ${what} differ: ${a} against ${b}. Bring scripts/reference/json-rpc.ts up to date.`);
}
