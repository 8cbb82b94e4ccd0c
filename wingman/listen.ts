/** Opening the REST API's port. */
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';

import { CannotListen, messageOf } from './errors.ts';

const explained: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there. Stop it, or choose another port (api.port; 0 takes any free one)',
  EADDRNOTAVAIL: 'this machine has no such address. Correct api.host',
  ENOTFOUND: 'there is no host of this name. Correct api.host',
  EACCES: 'that needs more rights than this user has. Choose a port from 1024 on (api.port)',
};

/**
 * Listens.
 *
 * @returns the address of the API
 * @throws {CannotListen} with what to do
 */
export async function listen(server: FastifyInstance, { host, port }: { host: string; port: number }): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const why = explained[(error as NodeJS.ErrnoException).code ?? ''] ?? messageOf(error);
    throw new CannotListen(`The REST API cannot listen on ${host}, port ${port}: ${why}.`, { cause: error });
  }
  const { address, family, port: actual } = server.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`;
}
