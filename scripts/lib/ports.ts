/** Finding out whether a port can be listened on, before a program that cannot say it well tries. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

export type Transport = 'tcp' | 'udp';

/** Whether nothing listens on this port of 127.0.0.1. Port 0 is always free: it stands for any. */
export async function isFree(port: number, transport: Transport): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else if (error.code === 'EACCES') reject(new Error(`Port ${port} needs more rights than this user has.`));
      else reject(error);
    };
    if (transport === 'tcp') {
      const server = createServer();
      server.once('error', failed);
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
    } else {
      const socket = createSocket('udp4');
      socket.once('error', failed);
      socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => resolve(true)));
    }
  });
}
