import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';

import { startTcpProxy, type TcpProxyOptions } from './tcp-proxy.ts';

/** A server that sends back what it gets, and a proxy in front of it. */
async function echo(t: TestContext, options: Partial<TcpProxyOptions> = {}) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const proxy = await startTcpProxy({ to: (server.address() as AddressInfo).port, ...options });
  t.after(() => {
    proxy.close();
    server.close();
  });
  return { proxy, port: (server.address() as AddressInfo).port };
}

/** Sends a text and returns what came back until the other side ended. */
async function send(port: number, ...pieces: readonly (string | Buffer)[]): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  const got: Buffer[] = [];
  socket.on('data', (chunk) => got.push(chunk));
  await once(socket, 'connect');
  for (const piece of pieces) socket.write(piece);
  socket.end();
  await once(socket, 'close');
  return Buffer.concat(got);
}

test('what goes through comes back in order and whole, in fair weather and in foul', async (t) => {
  const { proxy } = await echo(t);
  const large = Buffer.from(Array.from({ length: 6_000_000 }, (_, i) => i % 251));
  assert.ok((await send(proxy.port, large)).equals(large));
  let seen = 0;
  proxy.weather({ delayMs: 5, loss: 0.5, resendMs: 20 });
  assert.ok((await send(proxy.port, large)).equals(large));
  for (const letter of (await send(proxy.port, 'a', 'b', 'c', 'd')).toString()) seen += letter.charCodeAt(0);
  assert.equal(seen, 97 + 98 + 99 + 100);
});

test('a cut way ends connections and takes none until it is mended', async (t) => {
  const { proxy } = await echo(t);
  const socket = connect(proxy.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('x');
  await once(socket, 'data');
  proxy.cut();
  await once(socket, 'close');
  const refused = await send(proxy.port, 'x').catch(() => Buffer.alloc(0));
  assert.equal(refused.length, 0);
  proxy.mend();
  assert.equal((await send(proxy.port, 'x')).toString(), 'x');
});

test('the host that an HTTP request names becomes the one of the server behind', async (t) => {
  const { proxy, port } = await echo(t, { rewritesHost: true });
  const back = await send(proxy.port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\n\r\n`);
  assert.equal(back.toString(), `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
});
