import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pino } from 'pino';

import { contentIdOf } from '../lib/dx/content-id.ts';
import { createDxRpcClient } from '../lib/dx/rpc-client.ts';
import { afterwards } from '../test/support/cleanup.ts';
import { configSchema } from './config.ts';
import { startDxServer } from './server.ts';

test('a server counts what comes of uploads and downloads, and what it keeps and sends', async (t) => {
  const ports = { rpcPort: 0, tcpPort: 0, wsPort: 0, webrtcPort: 0, stunPort: 0 };
  const start = async (bootstrap: readonly string[]) => {
    const config = configSchema.parse({ ...ports, bootstrap });
    const server = await startDxServer({ config, log: pino({ level: 'silent' }) });
    afterwards(t, () => server.close());
    return server;
  };
  const one = await start([]);
  const two = await start(one.peer.addresses().filter((address) => /\/tcp\/\d+\/p2p\//.test(address)));
  const metricsOf = async (server: typeof one) => {
    const response = await fetch(`${server.rpcUrl}/metrics`);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    const text = await response.text();
    return (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      );
  };

  const dx = createDxRpcClient(two.rpcUrl);
  const data = new TextEncoder().encode('what is kept');
  const { key } = await dx.upload(data);
  await dx.download(key);
  // The client would not even send this.
  const params = [await contentIdOf(new Uint8Array(1)), '0x6169726f'];
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'dx_upload', params });
  await fetch(two.rpcUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

  const ofTwo = await metricsOf(two);
  assert.equal(ofTwo('airo_dx_uploads_total{outcome="Ok"}'), 1);
  assert.equal(ofTwo('airo_dx_uploads_total{outcome="WrongKey"}'), 1);
  assert.equal(ofTwo('airo_dx_downloads_total{outcome="Ok"}'), 1);
  assert.deepEqual([ofTwo('airo_dx_kept_keys'), ofTwo('airo_dx_kept_bytes')], [1, data.length]);
  assert.equal(ofTwo('airo_dx_kept_stranger_bytes'), data.length);
  assert.deepEqual([ofTwo('airo_dx_peers'), ofTwo('airo_dx_storers')], [1, 1]);
  assert.deepEqual([ofTwo('airo_dx_sent_blocks_total'), ofTwo('airo_dx_sent_bytes_total')], [1, data.length]);
  const ofOne = await metricsOf(one);
  assert.deepEqual([ofOne('airo_dx_received_blocks_total'), ofOne('airo_dx_received_bytes_total')], [1, data.length]);
});
