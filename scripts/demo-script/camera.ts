/** Films a page: what Chromium itself draws, picture by picture, with the time of each. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { CDPSession } from 'playwright';

import { viewport, type Person } from './person.ts';

/** A picture that was taken. */
export interface Frame {
  /** Milliseconds since the story began. */
  readonly atMs: number;
  /** A JPEG file. */
  readonly file: string;
}

/** What a camera has taken, in order. */
export interface Reel {
  readonly of: string;
  readonly frames: readonly Frame[];
}

export interface CameraOptions {
  /** For the pictures, which are many. */
  readonly folder: string;
  /** Milliseconds since the story began. */
  readonly now: () => number;
}

/** No more pictures than that: drawing and writing them takes time from what is filmed. */
const leastPauseMs = 150;

export class Camera {
  readonly #name: string;
  readonly #folder: string;
  readonly #session: CDPSession;
  readonly #now: () => number;
  readonly #frames: Frame[] = [];
  readonly #writing: Promise<void>[] = [];
  #isOver = false;

  static async start(person: Person, { folder, now }: CameraOptions): Promise<Camera> {
    const own = join(folder, `film-${person.name}`);
    await mkdir(own);
    const session = await person.page.context().newCDPSession(person.page);
    const camera = new Camera(person.name, own, session, now);
    await session.send('Page.startScreencast', {
      ...{ format: 'jpeg', quality: 80 },
      ...{ maxWidth: viewport.width, maxHeight: viewport.height },
    });
    return camera;
  }

  private constructor(name: string, folder: string, session: CDPSession, now: () => number) {
    this.#name = name;
    this.#folder = folder;
    this.#session = session;
    this.#now = now;
    session.on('Page.screencastFrame', ({ data, sessionId }) => {
      if (this.#isOver) return;
      const file = join(this.#folder, `${this.#frames.length}.jpg`);
      this.#frames.push({ atMs: this.#now(), file });
      this.#writing.push(writeFile(file, Buffer.from(data, 'base64')));
      // The next picture comes after this, and only if something has changed.
      setTimeout(() => {
        session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
      }, leastPauseMs);
    });
  }

  async stop(): Promise<Reel> {
    this.#isOver = true;
    // A page that has crashed takes no more pictures anyway.
    await this.#session.send('Page.stopScreencast').catch(() => undefined);
    await Promise.all(this.#writing);
    return { of: this.#name, frames: this.#frames };
  }
}
