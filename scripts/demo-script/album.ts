/** The page of pictures: every step with its caption, what was checked, and the film above. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import sharp from 'sharp';

import type { Film } from './film.ts';
import type { Told } from './narrator.ts';
import type { Person } from './person.ts';

export interface AlbumOptions {
  readonly steps: readonly Told[];
  readonly people: readonly Pick<Person, 'name' | 'role'>[];
  readonly film: Film | null;
  /** Why the story could not be told to its end. */
  readonly failure: Error | null;
  readonly out: string;
}

/** Writes `index.html` and the pictures beside it. @returns the page's file */
export async function writeAlbum({ steps, people, film, failure, out }: AlbumOptions): Promise<string> {
  const folder = join(out, 'pictures');
  // Pictures of another time have no place in it.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const articles: string[] = [];
  for (const step of steps) {
    const figures: string[] = [];
    for (const { of, png } of step.pictures) {
      const name = `${String(step.number).padStart(2, '0')}-${of.toLowerCase()}.webp`;
      await writeFile(join(folder, name), await sharp(png).webp({ quality: 82 }).toBuffer());
      const role = people.find((person) => person.name === of)?.role ?? '';
      figures.push(
        `<figure><img src="pictures/${name}" alt="${escape(`What ${of} sees`)}" width="1280" height="800" loading="lazy"><figcaption>${escape(`${of}, ${role}`)}</figcaption></figure>`,
      );
    }
    articles.push(article(step, figures));
  }
  const file = join(out, 'index.html');
  await writeFile(file, page(articles, film, failure));
  return file;
}

function article(
  { number, title, caption, by, facts, beginsAtMs, endsAtMs }: Told,
  figures: readonly string[],
): string {
  const list = facts.map((fact) => `<li>${escape(fact)}</li>`).join('');
  const time = `${(beginsAtMs / 1000).toFixed(0)} to ${(endsAtMs / 1000).toFixed(0)} s`;
  return `<article>
<h2>${number}. ${escape(`${by} ${title}`)} <small>${time}</small></h2>
<p>${escape(caption)}</p>
${list === '' ? '' : `<ul>${list}</ul>`}
<div class="pictures">${figures.join('\n')}</div>
</article>`;
}

function page(articles: readonly string[], film: Film | null, failure: Error | null): string {
  const video =
    film === null
      ? ''
      : `<video src="${basename(film.file)}" controls muted playsinline width="1600" height="900"></video>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Airo: the story of a market</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 82rem; margin: 0 auto; padding: 2rem 1rem; }
img, video { max-width: 100%; height: auto; border: 1px solid #8886; border-radius: 6px; }
article { margin-top: 3rem; }
small, figcaption { color: #777; font-weight: 400; font-size: 0.875rem; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem; }
figure { margin: 0; }
[role='alert'] { border: 2px solid #c33; padding: 1rem; white-space: pre-wrap; }
</style>
<main>
<h1>The story of a market</h1>
<p>Played in real browsers by <code>npm run demo:script</code>, on a chain and a Dx network of its own. What stands below each
step was read from the final state of the chain, or counted in the browsers.</p>
${failure === null ? '' : `<p role="alert">The story could not be told to its end. ${escape(failure.message)}</p>`}
${video}
${articles.join('\n')}
</main>
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
