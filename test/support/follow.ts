/** Following a chain through a light client; used in Node and, bundled, in a page. */

/** What is used of a chain of smoldot, in whatever thread it runs. */
interface LightChain {
  sendJsonRpc(request: string): void;
  nextJsonRpcResponse(): Promise<string>;
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly params?: { readonly result: { readonly event: string; readonly finalizedBlockHashes?: readonly string[] } };
}

/**
 * The hash of the first finalized block after the genesis that a light client reports. The light client has checked the
 * block's justification itself.
 *
 * @throws when the light client refuses the subscription or ends it, or its chain is removed meanwhile
 */
export async function firstFinalized(chain: LightChain): Promise<string> {
  const send = (id: number, method: string, params: readonly unknown[]) => {
    chain.sendJsonRpc(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  };
  const [genesisId, followId] = [1, 2];
  send(genesisId, 'chainSpec_v1_genesisHash', []);
  let genesis: unknown;
  for (;;) {
    const { id, result, error, params } = JSON.parse(await chain.nextJsonRpcResponse()) as Message;
    if (error !== undefined) throw new Error(error.message);
    if (id === genesisId) {
      genesis = result;
      send(followId, 'chainHead_v1_follow', [false]);
    }
    if (params?.result.event === 'stop') throw new Error('The light client has ended the subscription.');
    const last = params?.result.finalizedBlockHashes?.at(-1);
    if (last !== undefined && last !== genesis) return last;
  }
}
