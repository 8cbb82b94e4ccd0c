import type { PublicKey } from '../market/types.ts';

/** A public key as one text, by which keys are compared and found. */
export function keyName({ scheme, material }: PublicKey): string {
  return `${scheme}:${'inline' in material ? material.inline.toLowerCase() : material.content}`;
}
