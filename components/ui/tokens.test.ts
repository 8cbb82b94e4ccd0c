/** The colours of app/tokens.css, read from the file and checked for their contrast: WCAG 2.2, 1.4.3 and 1.4.11. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

const css = await readFile(join(import.meta.dirname, '..', '..', 'app', 'tokens.css'), 'utf8');

type Scheme = 'light' | 'dark';

/** The relative luminance of a token. Conversion from OKLCH: https://www.w3.org/TR/css-color-4/#color-conversion-code */
function luminance(token: string, scheme: Scheme): number {
  const colour = String.raw`oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)`;
  const match = new RegExp(`--${token}: light-dark\\(${colour}, ${colour}\\)`).exec(css);
  assert.ok(match, `--${token} is no opaque colour for both schemes`);
  const [l = 0, c = 0, h = 0] = match
    .slice(1)
    .map(Number)
    .slice(scheme === 'light' ? 0 : 3);
  const angle = (h * Math.PI) / 180;
  const [a, b] = [c * Math.cos(angle), c * Math.sin(angle)];
  const long = (l / 100 + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (l / 100 - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l / 100 - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const red = clamp(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short);
  const green = clamp(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short);
  const blue = clamp(-0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, scheme: Scheme): number {
  const [low = 0, high = 0] = [luminance(one, scheme), luminance(other, scheme)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ['ground', 'surface', 'inset'];
const tones = ['accent', 'good', 'warn', 'bad'];
const onGrounds = ['ink', 'ink-2', ...tones].flatMap((text) => grounds.map((ground) => [text, ground] as const));
const onSoft = tones.flatMap((tone) => [tone, 'ink', 'ink-2'].map((text) => [text, `${tone}-soft`] as const));
const onFilled = ['accent', 'accent-strong'].map((fill) => ['on-accent', fill] as const);
const drawn = ['edge', 'series-2', 'series-3'].flatMap((line) => grounds.map((ground) => [line, ground] as const));

for (const scheme of ['light', 'dark'] as const) {
  test(`text can be read everywhere it stands in the ${scheme} scheme`, () => {
    for (const [text, ground] of [...onGrounds, ...onSoft, ...onFilled]) {
      const ratio = contrast(text, ground, scheme);
      assert.ok(ratio >= 4.5, `--${text} on --${ground}: ${ratio.toFixed(2)}`);
    }
  });

  test(`what bounds a control or draws a chart can be seen in the ${scheme} scheme`, () => {
    for (const [line, ground] of drawn) {
      const ratio = contrast(line, ground, scheme);
      assert.ok(ratio >= 3, `--${line} on --${ground}: ${ratio.toFixed(2)}`);
    }
  });
}
