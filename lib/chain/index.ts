/**
 * The Airo chain as typed TypeScript, in Node and in browsers: what can be read, followed and done is in
 * `../market/chain.ts`.
 *
 * ```ts
 * await using chain = await connectChain({ kind: 'websocket', url: 'ws://127.0.0.1:9944' });
 * const orders = await chain.orders();
 * for await (const { best, finalized } of chain.heads(signal)) { ... }
 * const account = chain.account(await accountFromSecret('//Alice'));
 * const { events, fee } = await account.submit({ call: 'placeBid', order: 1, price });
 * ```
 *
 * Besides `ChainUnavailable`, `CallFailed`, `TransactionLost` and `TransactionRefused` of `../market/errors.ts` there are
 * `InvalidValue` (a value that the chain could not keep), `WrongChain` and `InvalidSecret`.
 */
export { AiroChain } from './airo-chain.ts';
export { connectChain, type ChainSource, type ConnectOptions } from './connect.ts';
export { InvalidSecret, WrongChain } from './errors.ts';
export type { ErrorName } from './generated/chain.ts';
export { InvalidValue } from './identifiers.ts';
export type { LightChain } from './light-client.ts';
export { peerProofMessage } from './peer-proof.ts';
export {
  accountFromSecret,
  newSecret,
  type AccountSigner,
  type KeyPairSigner,
  type SigningKey,
  type WalletAccount,
} from './signer.ts';
