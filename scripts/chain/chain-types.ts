/** Which parts of the Airo runtime `lib/chain` has types of, and how they are made from a node that runs. */
import { join } from 'node:path';

import { hexToU8a, u8aToHex, compactStripLength } from '@polkadot/util';

import { root } from '../lib/paths.ts';
import { RpcClient } from '../lib/rpc.ts';
import { typesOf, type Selection } from './typescript.ts';

/** The committed file that {@link chainTypes} makes. */
export const chainTypesFile = join(root, 'lib', 'chain', 'generated', 'chain.ts');

/** The version of the metadata that is read, little-endian as an argument of a runtime API: 15 has the runtime APIs. */
const metadataVersion = '0x0f000000';

const selection: Selection = {
  runtimeApis: ['MarketplaceApi', 'ExecutionApi'],
  calls: {
    ...{ marketplace: 'all', execution: 'all' },
    nfts: ['transfer', 'setPrice', 'buyItem'],
    balances: ['transferKeepAlive', 'transferAll'],
  },
  events: {
    ...{ marketplace: 'all', execution: 'all' },
    nfts: ['ItemPriceSet', 'ItemPriceRemoved', 'ItemBought'],
    transactionPayment: ['TransactionFeePaid'],
  },
  errors: ['marketplace', 'execution', 'nfts'],
  storage: {
    marketplace: ['collection', 'versions', 'providers', 'orders'],
    execution: ['agreements', 'pages'],
    nfts: ['itemPriceOf'],
    system: ['account'],
    balances: ['holds'],
  },
  constants: {
    marketplace: ['marketFee', 'maxPrice', 'minStake', 'reserveRate', 'penaltyRate', 'bidStep', 'maxBids', 'treasury'],
    execution: ['maxBatch', 'maxInFlight', 'minResponseDeadline', 'retention', 'periodLength'],
    aura: ['slotDuration'],
    balances: ['existentialDeposit'],
  },
};

/** The text of the types of the runtime that a node runs. */
export async function chainTypes(rpcUrl: string): Promise<string> {
  const rpc = await RpcClient.connect(rpcUrl);
  try {
    const answer = await rpc.request<string>('state_call', 'Metadata_metadata_at_version', metadataVersion);
    // An optional byte string: a byte that says it is there, then its length.
    const [, metadata] = compactStripLength(hexToU8a(answer).subarray(1));
    return await typesOf(u8aToHex(metadata), selection);
  } finally {
    rpc.close();
  }
}
