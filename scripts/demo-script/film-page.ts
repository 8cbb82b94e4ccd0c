/** What runs in a page to make and to play the film. Each function is sent there by itself: it can use nothing around it. */

/** One of the people's pages in a picture of the film. */
export interface Tile {
  readonly name: string;
  readonly role: string;
  readonly isLarge: boolean;
  /** Which of the pictures it shows; `null` before the first. */
  readonly frame: number | null;
}

/** What is seen from one moment of the film to another, in milliseconds. */
export interface Shot {
  readonly atMs: number;
  readonly endsAtMs: number;
  readonly title: string;
  readonly caption: string;
  readonly clock: string;
  readonly tiles: readonly Tile[];
}

export interface Script {
  /** Where the page gets `mediabunny` from, which writes the WebM. */
  readonly libraryPath: string;
  readonly width: number;
  readonly height: number;
  /** The size of the people's pages. */
  readonly tile: { readonly width: number; readonly height: number };
  readonly shots: readonly Shot[];
}

/** Draws and encodes all shots. @returns a WebM file in base64 */
export async function compose({ width, height, tile, shots, libraryPath }: Script): Promise<string> {
  const library = (await import(libraryPath)) as typeof import('mediabunny');
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('This browser draws on no canvas.');
  const output = new library.Output({ format: new library.WebMOutputFormat(), target: new library.BufferTarget() });
  const source = new library.CanvasSource(canvas, {
    ...{ codec: 'vp9', quality: new library.Quality('medium'), keyFrameInterval: 4, latencyMode: 'realtime' },
  });
  output.addVideoTrack(source);
  await output.start();

  const [edge, gap, top] = [24, 12, 132];
  const large = { height: height - top - edge, width: 0 };
  large.width = Math.round((large.height * tile.width) / tile.height);
  const pictures = new Map<string, { readonly frame: number; readonly bitmap: ImageBitmap }>();
  const load = async (name: string, frame: number) => {
    const known = pictures.get(name);
    if (known?.frame === frame) return known.bitmap;
    const response = await fetch(`/frame/${frame}`);
    const bitmap = await createImageBitmap(await response.blob());
    known?.bitmap.close();
    pictures.set(name, { frame, bitmap });
    return bitmap;
  };
  const lines = (text: string, width: number) => {
    const all: string[] = [''];
    for (const word of text.split(' ')) {
      const longer = `${all.at(-1) ?? ''} ${word}`.trim();
      if (pen.measureText(longer).width > width && all.at(-1) !== '') all.push(word);
      else all[all.length - 1] = longer;
    }
    return all;
  };
  const drawTile = async ({ name, role, frame }: Tile, x: number, y: number, width: number, height: number) => {
    pen.fillStyle = '#fff';
    pen.fillRect(x, y, width, height);
    if (frame !== null) pen.drawImage(await load(name, frame), x, y, width, height);
    const label = `${name}, ${role}`;
    pen.font = '600 15px system-ui, sans-serif';
    pen.fillStyle = 'rgb(16 24 40 / 85%)';
    pen.fillRect(x, y + height - 26, pen.measureText(label).width + 20, 26);
    pen.fillStyle = '#fff';
    pen.fillText(label, x + 10, y + height - 8);
  };

  for (const { atMs, endsAtMs, title, caption, clock, tiles } of shots) {
    pen.fillStyle = '#101828';
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = '#fff';
    pen.font = '700 30px system-ui, sans-serif';
    pen.fillText(title, edge, 44);
    pen.font = '400 18px system-ui, sans-serif';
    pen.fillStyle = '#98a2b3';
    pen.textAlign = 'right';
    pen.fillText(clock, width - edge, 42);
    pen.textAlign = 'left';
    pen.font = '400 22px system-ui, sans-serif';
    pen.fillStyle = '#d0d5dd';
    lines(caption, width - 2 * edge).forEach((line, row) => pen.fillText(line, edge, 80 + row * 28));

    const others = tiles.filter(({ isLarge }) => !isLarge);
    const small = { x: edge + large.width + gap, width: width - 2 * edge - large.width - gap, height: 0 };
    small.height = Math.round((small.width * tile.height) / tile.width);
    for (const one of tiles) {
      if (one.isLarge) await drawTile(one, edge, top, large.width, large.height);
      else {
        await drawTile(one, small.x, top + others.indexOf(one) * (small.height + gap), small.width, small.height);
      }
    }
    await source.add(atMs / 1000, (endsAtMs - atMs) / 1000);
  }
  await output.finalize();
  const bytes = new Uint8Array(output.target.buffer ?? new ArrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** What playing the film has shown. */
export interface Played {
  readonly seconds: number;
  readonly width: number;
  readonly height: number;
  /** How many of the moments looked different from the one before. */
  readonly distinct: number;
  readonly error: string | null;
}

/** Loads the film into a player and looks at so many moments of it. */
export async function play(moments: number): Promise<Played> {
  const video = document.createElement('video');
  const happened = (event: string) =>
    new Promise<void>((resolve, reject) => {
      video.addEventListener(event, () => resolve(), { once: true });
      video.addEventListener('error', () => reject(new Error(video.error?.message ?? 'no reason')), { once: true });
    });
  video.muted = true;
  try {
    const blob = await (await fetch('/film.webm')).blob();
    const loaded = happened('loadeddata');
    video.src = URL.createObjectURL(blob);
    await loaded;
    const canvas = new OffscreenCanvas(160, 90);
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    let [before, distinct] = ['', 0];
    for (let moment = 0; moment < moments; moment++) {
      const seeked = happened('seeked');
      video.currentTime = ((moment + 0.5) / moments) * video.duration;
      await seeked;
      pen?.drawImage(video, 0, 0, 160, 90);
      const look = String(pen?.getImageData(0, 0, 160, 90).data);
      if (look !== before) distinct++;
      before = look;
    }
    const { duration: seconds, videoWidth: width, videoHeight: height } = video;
    return { seconds, width, height, distinct, error: null };
  } catch (error) {
    return {
      seconds: 0,
      width: 0,
      height: 0,
      distinct: 0,
      error: error instanceof Error ? error.message : String(error),
    };
  }
}
