/** Files that people import into the Cockpit, and what it keeps and is served. */
import assert from 'node:assert/strict';

import { readBackup } from '../../../lib/cockpit/backup.ts';
import { MemoryKeyValue } from '../../../lib/cockpit/testing/storage.ts';
import { parseNetworkConfig, readNetwork } from '../../../lib/cockpit/network.ts';
import { deserialize, serialize } from '../../../lib/cockpit/serialize.ts';
import { anyText, wholeJson } from '../json.ts';
import type { Target } from '../target.ts';

/** The passphrase of the samples. */
const passphrase = 'correct horse battery';
const somewhere = new URL('https://cockpit.example/network.json');

export const cockpitTargets: readonly Target[] = [
  {
    name: 'cockpit-backup',
    refusals: ['NotABackup', 'BackupTooNew', 'WrongPassphrase'],
    json: wholeJson,
    read: async (bytes) => {
      const values = new MemoryKeyValue();
      try {
        await readBackup(values, new Blob([new Uint8Array(bytes)]), passphrase);
      } catch (error) {
        assert.deepEqual(await values.entries(''), [], 'what is refused changes nothing');
        throw error;
      }
    },
  },
  {
    name: 'cockpit-value',
    refusals: ['SyntaxError'],
    json: wholeJson,
    read: (bytes) => {
      const text = written(deserialize(anyText(bytes)));
      if (text !== null) assert.equal(serialize(deserialize(text)), text);
    },
  },
  {
    name: 'cockpit-network',
    refusals: ['InvalidNetwork'],
    json: wholeJson,
    read: (bytes) => {
      const { chainSpec } = parseNetworkConfig(anyText(bytes), somewhere);
      assert.ok(chainSpec.length > 0);
    },
  },
  {
    name: 'cockpit-chain-spec',
    refusals: ['InvalidNetwork'],
    json: wholeJson,
    read: async (bytes) => {
      const config = { name: 'Airo', chainSpec: 'chain-spec.json', dx: { servers: [], stun: [] } };
      const { id, info } = await readNetwork(config, anyText(bytes), somewhere);
      assert.match(id, /^[0-9a-f]{16}$/);
      assert.ok(Number.isInteger(info.addressPrefix));
    },
  },
];

/** The text of a value; nothing when it is nested more deeply than anything that the Cockpit writes. */
function written(value: unknown): string | null {
  try {
    return serialize(value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
