/** The documents in docs/reference, made from what they describe. */
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { root } from '../lib/paths.ts';
import { configurationReference } from './configuration.ts';
import { jsonRpcReference } from './json-rpc.ts';
import { programsReference } from './programs.ts';
import { restReference } from './rest.ts';

export interface ReferenceDocument {
  readonly file: string;
  /** What it should hold, formatted as everything here is. */
  readonly text: () => Promise<string>;
}

const makers: Readonly<Record<string, () => string | Promise<string>>> = {
  'configuration.md': configurationReference,
  'json-rpc.md': jsonRpcReference,
  'programs.md': programsReference,
  'rest.md': restReference,
};

const note = '<!-- Made by: node scripts/setup.mjs scripts/reference.ts --write -->';

export const referenceDocuments: readonly ReferenceDocument[] = Object.entries(makers).map(([name, make]) => {
  const file = join(root, 'docs', 'reference', name);
  return {
    file,
    text: async () => format(`${note}\n\n${await make()}`, { ...(await resolveConfig(file)), filepath: file }),
  };
});
