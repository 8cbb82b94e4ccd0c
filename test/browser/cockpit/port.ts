/** A port for a node that shall be found at the same place again. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that the system gives to whoever asks for any: one of these would be taken while the node is away. */
const range = { from: 20_000, count: 12_000 } as const;

/** A port that is free for WebSocket on TCP and for WebRTC on UDP. */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = range.from + Math.floor(Math.random() * range.count);
    try {
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      const socket = createSocket('udp4').bind(port, '127.0.0.1');
      try {
        await once(socket, 'listening');
      } finally {
        server.close();
      }
      socket.close();
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}
