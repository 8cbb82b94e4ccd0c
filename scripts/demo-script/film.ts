/** Makes one film of what all cameras have taken: whoever acts is large, the others beside, with captions above. */
import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium, type Page } from 'playwright';

import { chromiumArguments } from '../lib/chromium.ts';
import { onShutdown } from '../lib/shutdown.ts';
import type { Reel } from './camera.ts';
import { cut, storyTime, type Scene } from './cut.ts';
import { compose, play, type Script, type Shot } from './film-page.ts';
import type { Told } from './narrator.ts';
import { viewport, type Person } from './person.ts';

export interface Film {
  readonly file: string;
  readonly bytes: number;
  readonly seconds: number;
  /** How many different pictures it shows. */
  readonly frames: number;
  readonly width: number;
  readonly height: number;
}

export interface FilmOptions {
  readonly reels: readonly Reel[];
  readonly steps: readonly Told[];
  readonly people: readonly Pick<Person, 'name' | 'role'>[];
  readonly out: string;
  readonly executablePath: string;
  readonly say: (line: string) => void;
}

const size = { width: 1600, height: 900 } as const;
const framesPerSecond = 8;
const fileName = 'story.webm';
const libraryPath = '/mediabunny.mjs';

/** What a browser could not play must not be given to anybody. */
export class FilmBroken extends Error {
  override readonly name = 'FilmBroken';
}

/** @throws {FilmBroken} when Chromium cannot play what was made */
export async function makeFilm({ reels, steps, people, out, executablePath, say }: FilmOptions): Promise<Film> {
  say('cutting the film');
  await mkdir(out, { recursive: true });
  const script = scriptOf(cut(steps), reels, people);
  const files = reels.flatMap(({ frames }) => frames.map(({ file }) => file));
  const file = join(out, fileName);
  const server = await serve(files, file);
  const { port } = server.address() as AddressInfo;
  const browser = await chromium.launch({
    ...{ executablePath, args: chromiumArguments },
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
  });
  const close = async () => {
    unregister();
    await browser.close();
    server.close();
  };
  const unregister = onShutdown(close);
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const film = await page.evaluate(compose, script);
    await writeFile(file, Buffer.from(film, 'base64'));
    return { file, bytes: (await stat(file)).size, ...size, ...(await check(page, script)) };
  } finally {
    await close();
  }
}

/** Plays it, and looks at what is seen: not only whether there is a film, but whether it shows something. */
async function check(page: Page, { shots }: Script): Promise<Pick<Film, 'seconds' | 'frames'>> {
  const { seconds, width, height, distinct, error } = await page.evaluate(play, 12);
  const wanted = (shots.at(-1)?.endsAtMs ?? 0) / 1000;
  if (error !== null) throw new FilmBroken(`The film cannot be played: ${error}`);
  if (width !== size.width || height !== size.height || Math.abs(seconds - wanted) > 1) {
    throw new FilmBroken(`The film has ${width} by ${height} pixels and takes ${seconds} s instead of ${wanted} s.`);
  }
  if (distinct < 6) throw new FilmBroken(`Only ${distinct} of 12 moments of the film look different.`);
  return { seconds, frames: shots.length };
}

/** What is to be seen when: a shot for each moment at which something changes. */
function scriptOf(
  scenes: readonly Scene[],
  reels: readonly Reel[],
  people: readonly Pick<Person, 'name' | 'role'>[],
): Script {
  const places = new Map(reels.flatMap(({ frames }) => frames).map(({ file }, place) => [file, place]));
  const shots: Shot[] = [];
  for (const scene of scenes) {
    for (let at = scene.beginsAtMs; at < scene.endsAtMs; at += 1000 / framesPerSecond) {
      const storyMs = storyTime(scene, at);
      const tiles = people.map(({ name, role }) => {
        const frame = reels.find(({ of }) => of === name)?.frames.findLast(({ atMs }) => atMs <= storyMs);
        return {
          name,
          role,
          isLarge: name === scene.by,
          frame: frame === undefined ? null : (places.get(frame.file) ?? null),
        };
      });
      shots.push({
        ...{ atMs: at, endsAtMs: Math.min(scene.endsAtMs, at + 1000 / framesPerSecond), tiles },
        title: `${scene.number}. ${scene.by} ${scene.title}`,
        caption: scene.caption,
        clock: `${(storyMs / 1000).toFixed(0)} s${scene.speed > 1.05 && at < scene.stillFromMs ? `, ${scene.speed.toFixed(1)} times as fast` : ''}`,
      });
    }
  }
  return { ...size, shots: merged(shots), tile: viewport, libraryPath };
}

/** One shot for several moments at which the same is seen. */
function merged(shots: readonly Shot[]): readonly Shot[] {
  const all: Shot[] = [];
  for (const shot of shots) {
    const last = all.at(-1);
    const look = ({ tiles, title, clock }: Shot) => JSON.stringify([tiles, title, clock]);
    if (last !== undefined && look(last) === look(shot)) all[all.length - 1] = { ...last, endsAtMs: shot.endsAtMs };
    else all.push(shot);
  }
  return all;
}

/** Gives the page the pictures, the library that writes WebM, and in the end the film itself. */
async function serve(files: readonly string[], film: string): Promise<Server> {
  const library = fileURLToPath(import.meta.resolve('mediabunny'));
  const bundle = join(library, '..', '..', '..', 'bundles', 'mediabunny.mjs');
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const send = (file: string, type: string) => {
      response.setHeader('Content-Type', type);
      createReadStream(file)
        .on('error', () => response.destroy())
        .pipe(response);
    };
    const frame = files[Number(/^\/frame\/(\d+)$/.exec(path)?.[1] ?? -1)];
    if (path === '/') response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Film</title>');
    else if (path === libraryPath) send(bundle, 'text/javascript');
    else if (path === '/film.webm') send(film, 'video/webm');
    else if (frame !== undefined) send(frame, 'image/jpeg');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}
