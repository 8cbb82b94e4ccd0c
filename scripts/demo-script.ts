/** `npm run demo:script`: the whole story of the market with real browsers, filmed, and every step of it checked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { toJson } from '../cli/output.ts';
import { writeAlbum } from './demo-script/album.ts';
import { Camera } from './demo-script/camera.ts';
import { makeFilm } from './demo-script/film.ts';
import { Narrator } from './demo-script/narrator.ts';
import { setStage } from './demo-script/stage.ts';
import { tell, type Outcome } from './demo-script/story.ts';
import { chromiumRequirement, findChromium } from './lib/chromium.ts';
import { main } from './lib/main.ts';
import { describeOptions, parseOptions } from './lib/options.ts';
import { requireAll } from './lib/packages.ts';
import { dataFolder } from './lib/paths.ts';
import { holdDuringShutdown, onShutdown } from './lib/shutdown.ts';

const table = {
  out: {
    type: 'path',
    help: 'Where film and pictures go. (default: a folder of this user, which is named in the end)',
  },
  json: { type: 'flag', help: 'Print what happened as one JSON document at the end.' },
  'no-video': { type: 'flag', help: 'Pictures only; ends half a minute sooner.' },
} as const;

const help = `Plays the whole story of the market in real browsers, and checks each step by the chain's final state: an owner
registers a model, a Wingman and a browser tab become providers, a consumer draws a digit, both bid, the tab computes
the answer by WebGPU and is paid, and the royalty follows the model's NFT to its buyer. Makes a film of it (WebM) and a
page with its pictures.

npm run demo:script -- [OPTION...]

${describeOptions(table)}

Everything is new each time and goes when it ends, but for film and pictures.`;

await main('npm run demo:script', async () => {
  const { options, help: wantsHelp } = parseOptions(process.argv.slice(2), table);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const began = performance.now();
  const write = options.json ? console.error : console.log;
  const say = (line: string) => write(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const executablePath = await chromiumPath(say);
  const out = resolve(options.out ?? join(dataFolder(), 'demo-script'));
  const stopping = new AbortController();
  const { signal } = stopping;
  const folder = await mkdtemp(join(tmpdir(), 'airo-demo-'));
  onShutdown(() => rm(folder, { recursive: true, force: true }));

  const stage = await setStage({ folder, executablePath, say, signal });
  onShutdown(() => stopping.abort(new Error('The story was stopped.')));
  const { owner, tab, consumer, buyer } = stage.people;
  const people = [owner, tab, consumer, buyer];
  const narrator = new Narrator({ say, signal });
  const cameras = options['no-video']
    ? []
    : await Promise.all(people.map((person) => Camera.start(person, { folder, now: () => narrator.now() })));
  let outcome: Outcome | null = null;
  let failure: Error | null = null;
  try {
    outcome = await tell(stage, narrator, signal);
  } catch (error) {
    await holdDuringShutdown();
    failure = error instanceof Error ? error : new Error(String(error));
  }
  // What was filmed of a story that went wrong helps to find out why.
  const reels = await Promise.all(cameras.map((camera) => camera.stop()));
  await stage.close();
  await holdDuringShutdown();
  const steps = narrator.steps();
  const film = options['no-video'] ? null : await makeFilm({ reels, steps, people, out, executablePath, say });
  const album = await writeAlbum({ steps, people, film, failure, out });
  say(`the pictures: ${album}`);
  if (film !== null) say(`the film: ${film.file} (${film.seconds.toFixed(0)} s, ${(film.bytes / 1e6).toFixed(1)} MB)`);
  if (options.json) {
    const told = steps.map(({ pictures, ...step }) => ({ ...step, pictures: pictures.length }));
    console.log(toJson({ outcome, steps: told, album, film }));
  }
  if (failure !== null) throw failure;
  say('everything happened, and the chain says so');
  return 0;
});

/** Where a Chromium is, which is installed if that is possible. @throws when there is none */
async function chromiumPath(say: (line: string) => void): Promise<string> {
  const named = process.env.AIRO_CHROMIUM;
  if (named && findChromium() === undefined) {
    throw new Error(`AIRO_CHROMIUM names ${named}, which cannot be run. Name a Chromium there, or leave it out.`);
  }
  await requireAll([chromiumRequirement], say);
  return findChromium() ?? '';
}
