/** When blocks were and will be, by the time that one takes. */

/** An estimate is replaced when it is off by more than so many blocks. */
const toleranceBlocks = 2;

export class BlockClock {
  readonly blockTimeMs: number;
  #anchor: { readonly block: number; readonly atMs: number } | null = null;

  constructor(blockTimeMs: number) {
    this.blockTimeMs = blockTimeMs;
  }

  /** A new best block has come. Small deviations change nothing, so that what is shown does not tremble. */
  saw(block: number, atMs: number): void {
    const expected = this.timeOf(block);
    if (expected === null || Math.abs(atMs - expected) > toleranceBlocks * this.blockTimeMs) {
      this.#anchor = { block, atMs };
    }
  }

  /** In milliseconds since 1970; `null` before a block was seen. */
  timeOf(block: number): number | null {
    if (this.#anchor === null) return null;
    return this.#anchor.atMs + (block - this.#anchor.block) * this.blockTimeMs;
  }
}
