/** What was sent from this browser and what came of it, kept. */
import type { KeyValue } from './key-value.ts';
import { Value } from './observable.ts';
import type { InferenceInfo } from './types.ts';

/** Where the parts of what is kept begin, by network. */
const historyPrefix = (network: string) => `history/${network}/`;
const requestPrefix = (network: string) => `request/${network}/`;
const boundPrefix = (network: string) => `bound/${network}/`;

/** An inference as it is kept: the small image as the bytes of a PNG. */
export type KeptInference = Omit<InferenceInfo, 'thumbnail'> & { readonly thumbnail: Uint8Array<ArrayBuffer> | null };

/** Whether it may still get a result by itself. */
export function isOpen({ state }: Pick<InferenceInfo, 'state'>): boolean {
  return state === 'working' || state === 'paused';
}

/** Tells other tabs of this browser that something of an agreement has changed. */
export interface Announcements {
  announce(agreement: number): void;
  /** Calls `listener` when another tab has changed something; returns what ends that. */
  listen(listener: (agreement: number) => void): () => void;
  close(): void;
}

/** The inferences of all agreements of one network. Lists are read when somebody asks for them. */
export class History {
  readonly #values: KeyValue;
  readonly #network: Promise<string>;
  readonly #lists = new Map<
    number,
    { readonly list: Value<readonly InferenceInfo[]>; readonly loaded: Promise<void> }
  >();
  /** What is shown already and will be kept. */
  readonly #unwritten = new Map<string, InferenceInfo>();
  #writing: Promise<void> = Promise.resolve();
  #announcements: Announcements = silence;

  /**
   * @param network the network's id, as soon as it is known
   * @param announcements makes the way to the other tabs
   */
  constructor(values: KeyValue, network: Promise<string>, announcements: (network: string) => Announcements) {
    this.#values = values;
    this.#network = network;
    network.then(
      (id) => {
        this.#announcements = announcements(id);
        this.#announcements.listen((agreement) => {
          const known = this.#lists.get(agreement);
          if (known !== undefined) void this.#read(agreement, known.list);
        });
      },
      () => undefined,
    );
  }

  /** The inferences of an agreement, newest first; empty until they are read. */
  list(agreement: number): Value<readonly InferenceInfo[]> {
    return this.#known(agreement).list;
  }

  /** The same, once it is read. */
  async loaded(agreement: number): Promise<readonly InferenceInfo[]> {
    const { list, loaded } = this.#known(agreement);
    await loaded;
    return list.get();
  }

  /** The same, read again: another tab may have changed it. */
  async readAgain(agreement: number): Promise<readonly InferenceInfo[]> {
    const { list, loaded } = this.#known(agreement);
    await loaded;
    await this.#writing;
    await this.#read(agreement, list);
    return list.get();
  }

  /** Adds inferences together with the bytes of their requests, which are kept until there is a result. */
  async add(
    agreement: number,
    added: readonly { readonly info: InferenceInfo; readonly request: Uint8Array | null }[],
  ): Promise<void> {
    await this.loaded(agreement);
    const network = await this.#network;
    const changes = await Promise.all(
      added.map(async ({ info, request }) => [
        { key: historyKey(network, info), value: await toKept(info) },
        ...(request === null ? [] : [{ key: requestKey(network, info), value: request }]),
      ]),
    );
    await this.#values.write(changes.flat());
    const { list } = this.#known(agreement);
    list.set(sorted([...list.get(), ...added.map(({ info }) => info)]));
    this.#announcements.announce(agreement);
  }

  /** Changes an inference. It is shown at once; returns when it is kept. */
  async change(
    agreement: number,
    id: string,
    fields: Partial<InferenceInfo>,
    options: { readonly forgetRequest?: boolean } = {},
  ): Promise<void> {
    const { list } = this.#known(agreement);
    const info = list.get().find((known) => known.id === id);
    if (info === undefined) return;
    const changed = { ...info, ...fields };
    list.set(list.get().map((known) => (known.id === id ? changed : known)));
    this.#unwritten.set(id, changed);
    // One after the other, so that an older state never overwrites a newer one.
    const written = this.#writing.then(() => this.#writeLatest(id, options.forgetRequest === true));
    this.#writing = written.catch(() => undefined);
    await written;
    this.#announcements.announce(agreement);
  }

  /** The bytes of a request; `null` when they are not kept. */
  async request(info: Place): Promise<Uint8Array | null> {
    const bytes = await this.#values.get(requestKey(await this.#network, info));
    return bytes instanceof Uint8Array ? bytes : null;
  }

  /** The agreements of which something is kept. */
  async agreements(): Promise<readonly number[]> {
    const entries = await this.#values.entries(historyPrefix(await this.#network));
    return [...new Set(entries.map(([, value]) => (value as KeptInference).agreement))];
  }

  /**
   * Says to which key the agreement of this number is bound on chain. A development chain that was begun anew gives its
   * numbers again: what is kept of another agreement with this number is removed.
   *
   * @returns whether it was
   */
  async bind(agreement: number, key: string): Promise<boolean> {
    const place = boundPrefix(await this.#network) + String(agreement);
    const bound = await this.#values.get(place);
    if (bound === key) return false;
    if (bound !== undefined) await this.forget(agreement);
    await this.#values.write([{ key: place, value: key }]);
    return bound !== undefined;
  }

  /** Removes everything of an agreement. */
  async forget(agreement: number): Promise<void> {
    const network = await this.#network;
    const prefixes = [historyPrefix(network), requestPrefix(network)];
    const entries = await Promise.all(prefixes.map((prefix) => this.#values.entries(`${prefix}${agreement}/`)));
    await this.#values.write(entries.flat().map(([key]) => ({ key, value: undefined })));
    this.#known(agreement).list.set([]);
    this.#announcements.announce(agreement);
  }

  /** Calls `listener` when another tab has changed something of an agreement. */
  async onOthers(listener: (agreement: number) => void): Promise<void> {
    await this.#network;
    this.#announcements.listen(listener);
  }

  /** Reads again what somebody else has changed. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#lists].map(([agreement, { list }]) => this.#read(agreement, list)));
  }

  close(): void {
    this.#announcements.close();
    // What is still being written has nobody to tell any more.
    this.#announcements = silence;
  }

  #known(agreement: number) {
    const known = this.#lists.get(agreement);
    if (known !== undefined) return known;
    const list = new Value<readonly InferenceInfo[]>([]);
    const made = { list, loaded: this.#read(agreement, list) };
    this.#lists.set(agreement, made);
    return made;
  }

  async #read(agreement: number, list: Value<readonly InferenceInfo[]>): Promise<void> {
    const entries = await this.#values.entries(`${historyPrefix(await this.#network)}${agreement}/`);
    const kept = entries.map(([, value]) => fromKept(value as KeptInference));
    // A small image that is shown already stays the same object.
    const shown = new Map(list.get().map((info) => [info.id, info.thumbnail]));
    const merged = kept.map(
      (info) => this.#unwritten.get(info.id) ?? { ...info, thumbnail: shown.get(info.id) ?? info.thumbnail },
    );
    list.set(sorted(merged));
  }

  async #writeLatest(id: string, forgetRequest: boolean): Promise<void> {
    const info = this.#unwritten.get(id);
    // A later change may have been written together with this one.
    if (info === undefined && !forgetRequest) return;
    const network = await this.#network;
    const place = info ?? [...this.#lists.values()].flatMap(({ list }) => list.get()).find((known) => known.id === id);
    const changes = [
      ...(info === undefined ? [] : [{ key: historyKey(network, info), value: await toKept(info) }]),
      ...(forgetRequest && place !== undefined ? [{ key: requestKey(network, place), value: undefined }] : []),
    ];
    await this.#values.write(changes);
    if (this.#unwritten.get(id) === info) this.#unwritten.delete(id);
  }
}

type Place = Pick<InferenceInfo, 'agreement' | 'id'>;
const historyKey = (network: string, { agreement, id }: Place) => `${historyPrefix(network)}${agreement}/${id}`;
const requestKey = (network: string, { agreement, id }: Place) => `${requestPrefix(network)}${agreement}/${id}`;

function sorted(list: readonly InferenceInfo[]): readonly InferenceInfo[] {
  return list.toSorted((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1));
}

async function toKept({ thumbnail, ...info }: InferenceInfo): Promise<KeptInference> {
  return { ...info, thumbnail: thumbnail === null ? null : new Uint8Array(await thumbnail.arrayBuffer()) };
}

function fromKept({ thumbnail, ...info }: KeptInference): InferenceInfo {
  return { ...info, thumbnail: thumbnail === null ? null : new Blob([thumbnail], { type: 'image/png' }) };
}

/** Announcements between the tabs of a browser. */
export function tabAnnouncements(network: string): Announcements {
  if (typeof BroadcastChannel === 'undefined') return silence;
  const channel = new BroadcastChannel(`airo-history-${network}`);
  return {
    announce: (agreement) => channel.postMessage(agreement),
    listen(listener) {
      const onMessage = ({ data }: MessageEvent) => listener(data as number);
      channel.addEventListener('message', onMessage);
      return () => channel.removeEventListener('message', onMessage);
    },
    close: () => channel.close(),
  };
}

/** For where there are no other tabs. */
export const silence: Announcements = {
  announce: () => undefined,
  listen: () => () => undefined,
  close: () => undefined,
};
