import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseNetworkConfig, readNetwork } from './network.ts';

const where = new URL('https://airo.example/network.json');
const specUrl = new URL('https://airo.example/chain-spec.json');
const config = {
  name: 'Test',
  chainSpec: './chain-spec.json',
  dx: { servers: ['/ip4/1.2.3.4/udp/1/webrtc-direct'], stun: [] },
};
const spec = {
  name: 'Airo Development',
  id: 'airo-dev',
  chainType: 'Development',
  bootNodes: ['/ip4/1.2.3.4/udp/2/webrtc-direct'],
  properties: { ss58Format: 7 },
  genesis: { raw: { top: { '0x00': '0x01' } } },
};
const read = (changes: object) => readNetwork(config, JSON.stringify({ ...spec, ...changes }), specUrl);

test('a configuration is read, and what it leaves out is empty', () => {
  assert.deepEqual(parseNetworkConfig(JSON.stringify(config), where), config);
  const least = parseNetworkConfig('{"name": "Test", "chainSpec": "spec.json"}', where);
  assert.deepEqual(least.dx, { servers: [], stun: [] });
});

for (const [what, text, said] of [
  ['no JSON', '<!doctype html>', /network\.json is no JSON/],
  ['no name', '{"chainSpec": "a"}', /network\.json is wrong\. name: /],
  ['an unknown key', '{"name": "a", "chainSpec": "a", "rpc": "ws://a"}', /Unrecognized key.*"rpc"/],
  [
    'a server without an address',
    '{"name": "a", "chainSpec": "a", "dx": {"servers": ["localhost"]}}',
    /dx\.servers\.0: an address/,
  ],
  [
    'STUN of another kind',
    '{"name": "a", "chainSpec": "a", "dx": {"stun": ["turn:a"]}}',
    /dx\.stun\.0: stun:HOST:PORT/,
  ],
] as const) {
  test(`${what} is refused with what is wrong`, () => {
    assert.throws(() => parseNetworkConfig(text, where), { name: 'InvalidNetwork', message: said });
  });
}

test('a specification says what the network is', async () => {
  const { info } = await read({});
  assert.deepEqual(info, {
    ...{ name: 'Test', chainName: 'Airo Development', isDevelopment: true, addressPrefix: 7 },
    ...{ bootNodes: spec.bootNodes, dxServers: config.dx.servers },
  });
  assert.equal((await read({ chainType: 'Local' })).info.isDevelopment, true);
  assert.equal((await read({ chainType: 'Live', properties: null })).info.isDevelopment, false);
  assert.equal((await read({ properties: null })).info.addressPrefix, 42);
});

test('something else than a specification is refused', async () => {
  await assert.rejects(readNetwork(config, '{"name": 5}', specUrl), {
    name: 'InvalidNetwork',
    message: /chain-spec\.json is wrong/,
  });
});

test('what is kept belongs to one chain; of a development chain also to one node', async () => {
  const id = async (changes: object) => (await read(changes)).id;
  const node = { bootNodes: ['/ip4/1.2.3.4/udp/9/webrtc-direct'] };
  const live = { chainType: 'Live' };
  assert.equal(await id({}), await id({ name: 'Renamed' }));
  assert.notEqual(await id({}), await id(node));
  assert.equal(await id(live), await id({ ...live, ...node }));
  assert.notEqual(await id(live), await id({ ...live, genesis: { raw: { top: {} } } }));
});
