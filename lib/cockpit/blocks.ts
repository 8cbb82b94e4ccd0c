/** The newest blocks as they come, with what the market says happened in them. */
import type { Heads } from '../market/chain.ts';
import type { Followed } from './chain-session.ts';
import { Value } from './observable.ts';
import type { Observable, SeenBlock } from './types.ts';

const kept = 50;

/** What becomes of the list with new heads: newest first, without blocks that others have replaced. */
export function withHeads(blocks: readonly SeenBlock[], { best, finalized }: Heads, nowMs: number): SeenBlock[] {
  const isReplaced = ({ number, hash }: SeenBlock) =>
    (number >= best.number && hash !== best.hash) || (number === finalized.number && hash !== finalized.hash);
  const list = blocks
    .filter((block) => !isReplaced(block))
    .map((block) => (block.isFinal || block.number > finalized.number ? block : { ...block, isFinal: true }));
  if (list[0]?.hash !== best.hash) {
    list.unshift({ ...best, seenAtMs: nowMs, isFinal: best.number <= finalized.number, events: null });
  }
  return list.slice(0, kept);
}

/** Keeps the list; events cost the light client a proof for each block, so they are read only while somebody looks. */
export class BlockFeed {
  readonly list = new Value<readonly SeenBlock[]>([], (isUsed) => {
    if (isUsed) this.#readEvents();
  });
  readonly #followed: Observable<Followed | null>;
  readonly #stop: () => void;
  readonly #reading = new Set<string>();

  constructor(followed: Observable<Followed | null>) {
    this.#followed = followed;
    this.#stop = followed.subscribe(() => this.#advance());
  }

  close(): void {
    this.#stop();
  }

  #advance(): void {
    const followed = this.#followed.get();
    if (followed === null) return;
    this.list.set(withHeads(this.list.get(), followed.heads, Date.now()));
    if (this.list.isUsed) this.#readEvents();
  }

  #readEvents(): void {
    const chain = this.#followed.get()?.chain;
    if (chain === undefined) return;
    // A light client's peers have the state of the newest blocks only.
    for (const { hash, events } of this.list.get().slice(0, 8)) {
      if (events !== null || this.#reading.has(hash)) continue;
      this.#reading.add(hash);
      chain
        .events(hash)
        .then(
          (read) =>
            this.list.set(this.list.get().map((block) => (block.hash === hash ? { ...block, events: read } : block))),
          // It is tried again with the next block.
          () => undefined,
        )
        .finally(() => this.#reading.delete(hash));
    }
  }
}
