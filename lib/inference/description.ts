/** The description of a model as a JSON file: what a model's owner writes, and what a server is started with. */
import { z } from 'zod';

import { dataTypes, type Description } from '../market/types.ts';
import { InvalidDescription } from './errors.ts';

const tensorSpec = z.strictObject({
  name: z.string().min(1).max(64),
  dataType: z.enum(dataTypes),
  shape: z.array(z.int().min(1).max(4_294_967_295).nullable()).max(8),
});
const image = z.strictObject({
  channels: z.enum(['gray', 'rgb', 'bgr']),
  layout: z.enum(['nchw', 'nhwc']),
  fit: z.enum(['stretch', 'cover', 'contain']),
  mean: z.array(z.number()).min(1).max(4),
  std: z.array(z.number().positive()).min(1).max(4),
});
const labels = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('inline'), names: z.array(z.string().max(32)).max(32) }),
  z.strictObject({ kind: z.literal('content'), content: z.string().min(1) }),
]);
const schema = z.strictObject({
  name: z.string().min(1).max(64),
  licence: z.string().min(1).max(64),
  inputs: z.array(tensorSpec).min(1).max(8),
  outputs: z.array(tensorSpec).min(1).max(8),
  image: image.nullable(),
  labels,
  tolerance: z.number().min(0),
});

/**
 * Reads a description from JSON. The bounds are those of the chain.
 *
 * @throws {InvalidDescription} with the first thing that is wrong, and where
 */
export function parseDescription(json: string): Description {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new InvalidDescription(`The description is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'JSON' : issue.path.join('.');
  // A name that is not known is told, and may be of any length.
  throw new InvalidDescription(`The description's ${where} is wrong: ${issue?.message.slice(0, 500) ?? 'no object'}`);
}
