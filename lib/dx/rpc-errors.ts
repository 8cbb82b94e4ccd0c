/** How Dx's errors travel over JSON-RPC: each has a code of its own, and its name in `data.name`. */
import { CannotDecrypt, Corrupt, InvalidKey, NotFound, NotReplicated, TooLarge, WrongKey } from './errors.ts';

export const rpcErrorCodes = {
  InvalidKey: 8001,
  WrongKey: 8002,
  NotFound: 8003,
  Corrupt: 8004,
  TooLarge: 8005,
  NotReplicated: 8006,
} as const;
export type RpcErrorName = keyof typeof rpcErrorCodes;

const classes = { InvalidKey, WrongKey, NotFound, Corrupt, TooLarge, NotReplicated } as const;

/** The name of an error that travels, or `undefined`. */
export function rpcErrorName(error: unknown): RpcErrorName | undefined {
  // An envelope is never opened by a server.
  if (!(error instanceof Error) || error instanceof CannotDecrypt) return undefined;
  return Object.keys(classes).find((name): name is RpcErrorName => name === error.name);
}

/** The error as it was thrown on the other side. */
export function errorNamed(name: RpcErrorName, message: string): Error {
  return new classes[name](message);
}
