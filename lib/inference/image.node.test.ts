import assert from 'node:assert/strict';
import { test } from 'node:test';

import sharp from 'sharp';

import { decodeImage } from './image.node.ts';

/** Two pixels, red and half transparent blue, beside each other. */
const twoPixels = {
  data: Buffer.of(255, 0, 0, 255, 0, 0, 255, 128),
  info: { width: 2, height: 1, channels: 4 },
} as const;
const png = () => sharp(twoPixels.data, { raw: twoPixels.info }).png().toBuffer();

test('a PNG’s pixels come with their alpha', async () => {
  const { data, width, height } = await decodeImage(await png());
  assert.deepEqual([width, height, ...data], [2, 1, 255, 0, 0, 255, 0, 0, 255, 128]);
});

test('a gray PNG, one with 16 bits and one with a palette have four channels of 8 bits too', async () => {
  const gray = await sharp(Buffer.of(7, 200), { raw: { width: 2, height: 1, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
  assert.equal((await sharp(gray).metadata()).channels, 1);
  assert.deepEqual([...(await decodeImage(gray)).data], [7, 7, 7, 255, 200, 200, 200, 255]);
  const wide = await sharp(twoPixels.data, { raw: twoPixels.info }).toColourspace('rgb16').png().toBuffer();
  assert.equal((await sharp(wide).metadata()).depth, 'ushort');
  assert.deepEqual([...(await decodeImage(wide)).data], [...twoPixels.data]);
  const palette = await sharp(twoPixels.data, { raw: twoPixels.info }).removeAlpha().png({ palette: true }).toBuffer();
  assert.deepEqual([...(await decodeImage(palette)).data], [255, 0, 0, 255, 0, 0, 255, 255]);
});

test('a JPEG is turned upright as its EXIF orientation says', async () => {
  const tall = await sharp({ create: { width: 16, height: 32, channels: 3, background: '#fff' } })
    .composite([{ input: { create: { width: 16, height: 16, channels: 3, background: '#000' } }, top: 0, left: 0 }])
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const { data, width, height } = await decodeImage(tall);
  assert.deepEqual([width, height], [32, 16]);
  // A quarter turn clockwise brings the black top to the right.
  assert.ok((data[0] ?? 0) > 250 && (data[4 * 31] ?? 255) < 5);
});

test('an image with too many pixels is refused before it is unpacked', async () => {
  await assert.rejects(decodeImage(await png(), { maxPixels: 1 }), { name: 'UnreadableImage', message: /pixel/i });
});

test('damaged files, other formats and noise are refused', async () => {
  const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#369' } })
    .jpeg()
    .toBuffer();
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>');
  const gif = await sharp(twoPixels.data, { raw: twoPixels.info }).gif().toBuffer();
  const files = {
    cut: whole.subarray(0, whole.length / 2),
    svg,
    gif,
    noise: Buffer.from('no image'),
    empty: Buffer.of(),
  };
  for (const [what, file] of Object.entries(files)) {
    await assert.rejects(decodeImage(file), { name: 'UnreadableImage' }, what);
  }
});
