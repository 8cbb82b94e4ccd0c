/** Tells a story step by step: prints each with its time, takes its pictures, and remembers everything for the album. */
import type { Person } from './person.ts';

/** Something that was compared, in a sentence: by the chain, or in the page itself. */
export type Fact = string;

/** A step that was told. Times are in milliseconds since the story began. */
export interface Told {
  /** From 1 on. */
  readonly number: number;
  readonly title: string;
  readonly caption: string;
  /** The name of who acts. */
  readonly by: string;
  readonly beginsAtMs: number;
  readonly endsAtMs: number;
  readonly facts: readonly Fact[];
  readonly pictures: readonly Picture[];
}

/** How a page looked at the end of a step. */
export interface Picture {
  readonly of: string;
  readonly png: Buffer;
}

export interface Step {
  readonly title: string;
  /** Two sentences at most: what happens, for who has never heard of it. */
  readonly caption: string;
  readonly by: Person;
  /** Whose pages are shown beside it in the album. */
  readonly beside?: readonly Person[];
  /** Does it and checks it. @returns what was checked */
  readonly tell: () => Promise<readonly Fact[]>;
}

export interface NarratorOptions {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A step went wrong; the message names it. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

export class Narrator {
  readonly told: Told[] = [];
  /** When the story began: what `performance.now()` said. */
  readonly beganAt = performance.now();
  readonly #options: NarratorOptions;
  #current: Told | null = null;

  constructor(options: NarratorOptions) {
    this.#options = options;
  }

  /** Milliseconds since the story began. */
  now(): number {
    return performance.now() - this.beganAt;
  }

  /** All steps, the one that is under way or failed among them. */
  steps(): readonly Told[] {
    return this.#current === null ? this.told : [...this.told, { ...this.#current, endsAtMs: this.now() }];
  }

  /** Tells a step. @throws {StepFailed} when something in it is not as it must be */
  async step({ title, caption, by, beside = [], tell }: Step): Promise<void> {
    const { say, signal } = this.#options;
    signal.throwIfAborted();
    const number = this.told.length + 1;
    const beginsAtMs = this.now();
    const current: Told = {
      ...{ number, title, caption, by: by.name },
      ...{ beginsAtMs, endsAtMs: beginsAtMs, facts: [], pictures: [] },
    };
    this.#current = current;
    say(`${String(number).padStart(2)}. ${by.name}: ${title}`);
    try {
      const facts = await tell();
      for (const fact of facts) say(`      ${fact}`);
      const pictures = await Promise.all([by, ...beside].map(pictureOf));
      this.told.push({ ...current, facts, pictures, endsAtMs: this.now() });
      this.#current = null;
    } catch (error) {
      signal.throwIfAborted();
      // How it looked then helps to find out why; a page that has crashed looks like nothing.
      const pictures = await Promise.all([by, ...beside].map(pictureOf)).catch(() => []);
      this.#current = { ...current, pictures };
      const reason = error instanceof Error ? error.message : String(error);
      const said = await Promise.all([by, ...beside].map(wordsOf));
      throw new StepFailed(`Step ${number}, "${title}", went wrong: ${reason}\n${said.join('\n')}`, { cause: error });
    }
  }
}

/** What somebody's page says, for who reads only what is printed. */
async function wordsOf({ name, page }: Person): Promise<string> {
  const words = await page
    .locator('body')
    .innerText({ timeout: 5_000 })
    .catch(() => 'nothing, it has crashed');
  return `${name}'s page (${page.url()}) says: ${words.replaceAll(/\s+/g, ' ')}`;
}

async function pictureOf({ name, page }: Person): Promise<Picture> {
  return { of: name, png: await page.screenshot() };
}
