/** How large the site's code is, as it is sent: compressed with Brotli. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { filesIn } from '../../scripts/app/files.ts';

/** A file of the site, and how many bytes are sent of it. */
export interface Weighed {
  readonly file: string;
  readonly bytes: number;
  /** What is in it, where that can be told. */
  readonly about: string | undefined;
}

export interface Sizes {
  /** JavaScript that the market's page names in its HTML: what there is before anything else is loaded. */
  readonly firstView: readonly Weighed[];
  /** Stylesheets and fonts that the page names. */
  readonly styles: readonly Weighed[];
  /** JavaScript and WebAssembly that are loaded when they are needed, the largest first. */
  readonly lazy: readonly Weighed[];
}

/** By words that are in the code, minified or not. */
const contents: readonly (readonly [word: RegExp, about: string])[] = [
  [/KadDHT/, 'libp2p and Bitswap'],
  [/GenericExtrinsic/, "the chain's types"],
  [/react-dom/, 'React'],
  [/ort-wasm|onnxruntime/, 'the ONNX runtime'],
];

/** Weighs a finished site. @param folder where it lies, with its compressed files */
export async function weigh(folder: string): Promise<Sizes> {
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const scripts = named(html, /<script[^>]*\ssrc="(\/[^"]+\.js)"(?![^>]*\snomodule)/gi);
  const sheets = named(html, /<link[^>]*\shref="(\/[^"]+\.(?:css|woff2))"/g);
  const code = (await filesIn(folder)).filter((file) => /\.(m?js|wasm)$/.test(file));
  const weighAll = async (files: Iterable<string>) => {
    const weighed = await Promise.all([...files].map((file) => weighFile(folder, file)));
    return weighed.sort((a, b) => b.bytes - a.bytes);
  };
  const lazy = code.filter((file) => !scripts.has(file));
  return { firstView: await weighAll(scripts), styles: await weighAll(sheets), lazy: await weighAll(lazy) };
}

/** How many bytes that is together. */
export function total(files: readonly Weighed[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function named(html: string, pattern: RegExp): ReadonlySet<string> {
  return new Set([...html.matchAll(pattern)].map(([, path = '']) => path.replace(/^\//, '')));
}

async function weighFile(folder: string, file: string): Promise<Weighed> {
  const path = join(folder, file);
  // What is too small to be compressed is sent as it is.
  const { size } = (await stat(`${path}.br`).catch(() => undefined)) ?? (await stat(path));
  const text = file.endsWith('.wasm') ? file : await readFile(path, 'utf8');
  return { file, bytes: size, about: contents.find(([word]) => word.test(text))?.[1] };
}
