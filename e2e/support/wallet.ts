/**
 * A wallet extension as a page meets it: `window.injectedWeb3`, with the interface of `@polkadot/extension-inject`. What it
 * signs it decodes first, by the metadata of a node that the page does not talk to, and signs with a real key.
 */
import type { ApiPromise } from '@polkadot/api';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { GenericExtrinsicPayload } from '@polkadot/types';
import type { Call, ExtrinsicEra } from '@polkadot/types/interfaces';
import type { SignerPayloadJSON } from '@polkadot/types/types';
import { addressEq } from '@polkadot/util-crypto';
import type { BrowserContext } from 'playwright';

/** What the wallet shows before it signs. */
export interface SigningRequest {
  /** By whom it is to be signed. */
  readonly address: string;
  /** `marketplace.placeOrder`. */
  readonly call: string;
  /** By their names in the metadata, as people read them; amounts without separators. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly nonce: number;
  readonly tip: bigint;
  /** For how many blocks it is valid; `null` if for ever. */
  readonly lastsBlocks: number | null;
  /** Of the extension `CheckMetadataHash`: 0 means that no hash of the metadata is signed. */
  readonly metadataHashMode: number | undefined;
  readonly metadataHash: string | null;
  readonly signedExtensions: readonly string[];
  readonly payload: SignerPayloadJSON;
}

export interface WalletOptions {
  /** The accounts that it shares with the page. */
  readonly accounts: readonly { readonly name: string; readonly pair: KeyringPair }[];
  /** Whether it lets the page in at all. Default: it does. */
  readonly admits?: boolean;
}

type Answer = { readonly id: number; readonly signature: string } | { readonly refusal: string };

export class Wallet {
  /** Everything that it was asked to sign, in order. */
  readonly requests: SigningRequest[] = [];
  /** What the person in front of it does. */
  person: 'signs' | 'refuses' = 'signs';
  readonly #api: ApiPromise;
  readonly #accounts: WalletOptions['accounts'];
  readonly #admits: boolean;

  /** @param api a connection to the chain that has nothing to do with the page's */
  constructor(api: ApiPromise, { accounts, admits = true }: WalletOptions) {
    this.#api = api;
    this.#accounts = accounts;
    this.#admits = admits;
  }

  /** Installs it in a browser profile, before the first page. */
  async install(context: BrowserContext): Promise<void> {
    await context.exposeBinding('airoWalletSign', (_source, payload: SignerPayloadJSON) => this.#sign(payload));
    const accounts = this.#accounts.map(({ name, pair: { address, type } }) => ({
      address,
      name,
      type,
      genesisHash: null,
    }));
    await context.addInitScript(inject, { accounts, admits: this.#admits });
  }

  #sign(payload: SignerPayloadJSON): Answer {
    this.requests.push(this.#read(payload));
    // As the extension of Polkadot says it.
    if (this.person === 'refuses') return { refusal: 'Cancelled' };
    const account = this.#accounts.find(({ pair }) => addressEq(pair.address, payload.address));
    if (account === undefined) return { refusal: `The wallet has no account ${payload.address}.` };
    const signable = this.#api.registry.createTypeUnsafe<GenericExtrinsicPayload>('ExtrinsicPayload', [
      payload,
      { version: payload.version },
    ]);
    return { id: this.requests.length, signature: signable.sign(account.pair).signature };
  }

  #read(payload: SignerPayloadJSON): SigningRequest {
    const { registry } = this.#api;
    const call = registry.createTypeUnsafe<Call>('Call', [payload.method]);
    const era = registry.createTypeUnsafe<ExtrinsicEra>('ExtrinsicEra', [payload.era]);
    const { args } = call.toHuman() as { args: Record<string, unknown> };
    const { mode, metadataHash = null } = payload as { readonly mode?: number; readonly metadataHash?: string | null };
    return {
      address: payload.address,
      call: `${call.section}.${call.method}`,
      args: withoutSeparators(args),
      nonce: Number(payload.nonce),
      tip: BigInt(payload.tip),
      lastsBlocks: era.isMortalEra ? era.asMortalEra.period.toNumber() : null,
      metadataHashMode: mode,
      metadataHash,
      signedExtensions: payload.signedExtensions,
      payload,
    };
  }
}

/** `1,000` is written for people; tests compare numbers. */
function withoutSeparators<T>(value: T): T {
  if (typeof value === 'string') return (/^\d{1,3}(,\d{3})+$/.test(value) ? value.replaceAll(',', '') : value) as T;
  if (Array.isArray(value)) return value.map(withoutSeparators) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutSeparators(each as unknown)])) as T;
}

/** Runs in the page, as the extension's content script does. */
function inject({ accounts, admits }: { readonly accounts: readonly unknown[]; readonly admits: boolean }): void {
  const page = window as unknown as {
    injectedWeb3?: Record<string, unknown>;
    readonly airoWalletSign: (payload: unknown) => Promise<Answer>;
  };
  const signPayload = async (payload: unknown) => {
    const answer = await page.airoWalletSign(payload);
    if ('refusal' in answer) throw new Error(answer.refusal);
    return answer;
  };
  const injected = {
    accounts: {
      get: () => Promise.resolve(accounts),
      subscribe: (listener: (all: unknown) => void) => {
        setTimeout(() => listener(accounts), 0);
        return () => undefined;
      },
    },
    metadata: { get: () => Promise.resolve([]), provide: () => Promise.resolve(true) },
    signer: { signPayload },
  };
  page.injectedWeb3 = {
    'test-wallet': {
      version: '1.2.3',
      enable: () => (admits ? Promise.resolve(injected) : Promise.reject(new Error('The source is not allowed.'))),
    },
  };
}
