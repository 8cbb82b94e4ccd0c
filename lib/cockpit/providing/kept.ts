/** What a browser keeps of itself as a provider: whether it is on, for whom, its settings, its models, its secrets. */
import type { Address, ModelVersion } from '../../market/types.ts';
import type { KeyValue } from '../key-value.ts';
import type { BackendInfo, ProvidingSettings } from '../types.ts';

/** Whether this browser is at it. */
export interface KeptState {
  readonly wanted: 'off' | 'on' | 'draining';
  /** The account that provides with this browser; `null` before it is set up. */
  readonly provider: Address | null;
}

/** A model that was chosen. */
export interface KeptModel {
  readonly model: number;
  readonly version: ModelVersion;
  /** Measured here, and what ran it then; `null` before. */
  readonly timeMs: number | null;
  readonly backend: BackendInfo | null;
}

/** What consumers and Dx know this browser by. */
export interface Identity {
  /** To which payloads are encrypted: 32 bytes each. */
  readonly envelope: { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array };
  /** The secret of the Dx peer's key: 32 bytes. */
  readonly seed: Uint8Array;
}

const firstState: KeptState = { wanted: 'off', provider: null };

/** Reads and writes it, for one network. */
export class Kept {
  readonly #values: KeyValue;
  readonly #prefix: string;

  constructor(values: KeyValue, network: string) {
    this.#values = values;
    this.#prefix = `providing/${network}/`;
  }

  async state(): Promise<KeptState> {
    return ((await this.#values.get(`${this.#prefix}state`)) as KeptState | undefined) ?? firstState;
  }

  saveState(state: KeptState): Promise<void> {
    return this.#values.write([{ key: `${this.#prefix}state`, value: state }]);
  }

  /** `null` when nothing was ever chosen. */
  async settings(): Promise<ProvidingSettings | null> {
    return ((await this.#values.get(`${this.#prefix}settings`)) as ProvidingSettings | undefined) ?? null;
  }

  saveSettings(settings: ProvidingSettings): Promise<void> {
    return this.#values.write([{ key: `${this.#prefix}settings`, value: settings }]);
  }

  async models(): Promise<readonly KeptModel[]> {
    return ((await this.#values.get(`${this.#prefix}models`)) as readonly KeptModel[] | undefined) ?? [];
  }

  saveModels(models: readonly KeptModel[]): Promise<void> {
    return this.#values.write([{ key: `${this.#prefix}models`, value: models }]);
  }

  /** The identity; made by `make` when there is none yet. */
  async identity(make: () => Promise<Identity>): Promise<Identity> {
    const key = `${this.#prefix}identity`;
    const kept = (await this.#values.get(key)) as Identity | undefined;
    if (kept !== undefined) return kept;
    const made = await make();
    await this.#values.write([{ key, value: made }]);
    return made;
  }
}
