/** A whole market on this machine: the chain, Dx, a model, providers and a consumer, each a process or peer of its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { accountFromSecret, connectChain, type AiroChain } from '../../lib/chain/index.ts';
import { chainWithAccount, createEnvelopes, type Ports } from '../../lib/consumer/index.ts';
import { openStore } from '../../lib/consumer/node/store.ts';
import { createDxPeer, type DxPeer } from '../../lib/dx/node/peer.ts';
import { parseDescription } from '../../lib/inference/description.ts';
import type { Account, Included } from '../../lib/market/chain.ts';
import type { Address, ContentId, Description } from '../../lib/market/types.ts';
import { systemClock } from '../../lib/provider/clock.ts';
import { startDx, type DxProcess } from '../../dx/start.ts';
import { startWingman, type StartWingmanOptions, type WingmanProcess } from '../../wingman/start.ts';
import { startNode, type ChainNode, type NodeOptions } from '../chain/node.ts';
import { root } from '../lib/paths.ts';

/** The trained model that the project owns, and the images that it has never seen. */
export const resnetFolder = join(root, 'public', 'models', 'resnet-mnist');

export interface MarketplaceOptions {
  /** How many Dx servers; the second and further ones join through the first. Default: 1. */
  readonly dxServers?: number;
  /** Further arguments of each Dx server. */
  readonly dxArguments?: readonly string[];
  readonly node?: NodeOptions;
  /** Whether the node's own Dx peer is one of the network's, beside the servers. Default: false, it is by itself. */
  readonly nodeInDx?: boolean;
  readonly signal?: AbortSignal;
}

/** The chain and the Dx network, and what connects to them. Everything stops with it. */
export interface Marketplace extends AsyncDisposable {
  readonly node: ChainNode;
  readonly chain: AiroChain;
  readonly dx: readonly DxProcess[];
  /** All peers of Dx that keep data for others: the servers, and the node if it is one of them. */
  readonly storers: readonly Storer[];
  /** An account of the development chain by its secret, such as `//Bob`. */
  account(secret: string): Promise<Account>;
  /** A Dx peer that joins through all servers. */
  peer(): Promise<DxPeer>;
  /** Puts a model on Dx and registers it. */
  registerModel(owner: Account, model: ModelFile, royalty: bigint): Promise<RegisteredModel>;
  /** A provider, registered and serving the models of its configuration as soon as it can. */
  wingman(options: StartWingmanOptions): Promise<WingmanProcess>;
  /** What a consumer works with: its own Dx peer, and a store in the folder. */
  consumer(secret: string, folder: string): Promise<Ports>;
  close(): Promise<void>;
}

/** Where a peer of Dx is reached: from Node, and from pages. */
export type Storer = Pick<DxProcess, 'tcpAddress' | 'webrtcAddress'>;

export interface ModelFile {
  readonly bytes: Uint8Array;
  readonly description: Description;
}

export interface RegisteredModel {
  readonly id: number;
  readonly owner: Address;
  readonly content: ContentId;
  readonly included: Included;
}

/** Reads the ResNet of `public/models`. */
export async function readResnet(): Promise<ModelFile> {
  const [bytes, description] = await Promise.all([
    readFile(join(resnetFolder, 'model.onnx')),
    readFile(join(resnetFolder, 'description.json'), 'utf8'),
  ]);
  return { bytes, description: parseDescription(description) };
}

/** Starts the chain and the Dx network. */
export async function startMarketplace(options: MarketplaceOptions = {}): Promise<Marketplace> {
  const { signal } = options;
  const closing: (() => Promise<unknown>)[] = [];
  const opened = <T>(thing: T, close: () => Promise<unknown>): T => {
    closing.push(close);
    return thing;
  };
  const close = async () => {
    // What uses others goes first; what ends side by side ends sooner.
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const node = await startNode({ ...options.node, ...(signal ? { signal } : {}) });
    opened(node, () => node.stop());
    const chain = await connectChain({ kind: 'websocket', url: node.rpcUrl, ...(signal ? { signal } : {}) });
    opened(chain, () => chain.close());
    const dx: DxProcess[] = [];
    const storers: Storer[] = options.nodeInDx === true && node.dx !== undefined ? [node.dx] : [];
    for (let i = 0; i < (options.dxServers ?? 1); i++) {
      const bootstrap = storers.map(({ tcpAddress }) => tcpAddress);
      const server = await startDx({
        chain: node.rpcUrl,
        bootstrap,
        extraArguments: options.dxArguments ?? [],
        ...(signal ? { signal } : {}),
      });
      dx.push(opened(server, () => server.stop()));
      storers.push(server);
    }
    const servers = storers.map(({ tcpAddress }) => tcpAddress);

    const peer = async () => {
      const started = await createDxPeer({ servers });
      return opened(started, () => started.close());
    };
    let ownersPeer: Promise<DxPeer> | undefined;
    return {
      node,
      chain,
      dx,
      storers,
      peer,
      account: async (secret) => chain.account(await accountFromSecret(secret)),
      async registerModel(owner, { bytes, description }, royalty) {
        const { key } = await (await (ownersPeer ??= peer())).upload(bytes);
        const call = { call: 'registerModel', content: key, size: bytes.length, description, royalty } as const;
        const included = await owner.submit(call);
        const registered = included.events.find((event) => event.event === 'modelRegistered');
        if (registered === undefined) throw new Error('The chain reports no model in the registering transaction.');
        return { id: registered.model, owner: registered.owner, content: key, included };
      },
      async wingman({ config, ...others }) {
        const started = await startWingman({
          ...(signal ? { signal } : {}),
          ...others,
          config: {
            autoInitialize: true,
            ...config,
            chain: { urls: [node.rpcUrl], ...config.chain },
            dx: { bootstrap: servers, ...config.dx },
          },
        });
        return opened(started, () => started.stop());
      },
      async consumer(secret, folder) {
        const account = chain.account(await accountFromSecret(secret));
        const store = openStore(folder, chain.genesisHash);
        opened(store, () => {
          store.close();
          return Promise.resolve();
        });
        return {
          chain: chainWithAccount(chain, account),
          dx: await peer(),
          envelopes: createEnvelopes(chain.genesisHash),
          store,
          clock: systemClock,
        };
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
