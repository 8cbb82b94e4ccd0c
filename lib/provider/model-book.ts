/** The served models as the chain describes them: which version is the newest, and whether a model is retired. */
import type { Model } from '../market/types.ts';
import type { Chain } from './ports.ts';
import type { Snapshot } from './snapshot.ts';

/** A new version is no hurry, so what is known of a model is looked up again only after so many blocks. */
const STALE_BLOCKS = 10;

interface Page {
  /** `null` if there is no such model. */
  readonly model: Model | null;
  readonly readAt: number;
}

/** What is known of models. */
export class ModelBook {
  readonly #chain: Pick<Chain, 'model'>;
  readonly #pages = new Map<number, Page>();

  constructor(chain: Pick<Chain, 'model'>) {
    this.#chain = chain;
  }

  /** Reads what is not known, is old, or is behind an order. @throws {ChainUnavailable} */
  async refresh(ids: readonly number[], { block, orders }: Snapshot): Promise<void> {
    for (const id of [...this.#pages.keys()]) if (!ids.includes(id)) this.#pages.delete(id);
    const due = ids.filter((id) => {
      const page = this.#pages.get(id);
      if (page === undefined || page.model === null || Math.abs(block.number - page.readAt) >= STALE_BLOCKS)
        return true;
      return orders.some((order) => order.model === id && order.version > (page.model?.newest.version ?? -1));
    });
    const read = await Promise.all(due.map((id) => this.#chain.model(id, block.hash)));
    due.forEach((id, place) => this.#pages.set(id, { model: read[place] ?? null, readAt: block.number }));
  }

  /** The model; `null` if there is none, `undefined` if that is not known yet. */
  get(id: number): Model | null | undefined {
    return this.#pages.get(id)?.model;
  }
}
