/**
 * Secrets: where they come from and how they are kept. They are read once, are never written to a log, and are taken out
 * of the environment so that programs which Wingman starts do not inherit them.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { messageOf, SecretInvalid } from './errors.ts';

/**
 * Reads a secret from the variable or else from the file, without the white space around it.
 *
 * @returns `undefined` when neither is given
 * @throws {SecretInvalid} when it is empty, or the file cannot be read or can be read by others
 */
export function readSecret(what: string, variable: string, file: string | undefined): string | undefined {
  const fromEnvironment = process.env[variable];
  if (fromEnvironment !== undefined) {
    Reflect.deleteProperty(process.env, variable);
    if (fromEnvironment.trim() === '') throw new SecretInvalid(`${variable} is empty; it should have ${what}.`);
    return fromEnvironment.trim();
  }
  if (file === undefined) return undefined;
  const secret = readSecretFile(file, what).trim();
  if (secret === '') throw new SecretInvalid(`${file} is empty; it should have ${what}.`);
  return secret;
}

/**
 * Reads a file that its owner alone may read.
 *
 * @throws {SecretInvalid} when it cannot be read, or others may read or change it
 */
export function readSecretFile(file: string, what: string): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { mode } = fstatSync(descriptor);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new SecretInvalid(
        `${file} has ${what} and can be read by others (mode ${(mode & 0o777).toString(8)}). ` +
          `Make it yours alone: chmod 600 ${file}`,
      );
    }
    return readFileSync(descriptor, 'utf8');
  } catch (error) {
    if (error instanceof SecretInvalid) throw error;
    throw new SecretInvalid(`${file}, which should have ${what}, cannot be read: ${messageOf(error)}`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Writes a file that its owner alone may read, so that after a crash it is there as a whole or not at all. */
export function writeSecretFile(file: string, text: string): void {
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    // The mode above counts only when the file is made, and a crash may have left one.
    fchmodSync(descriptor, 0o600);
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}

/** A token that can be guessed protects nothing. */
const shortestToken = 16;

/**
 * The token of the REST API: the one that was given, or else the one in the base path, which is made if there is none.
 *
 * @param isPrivate whether only programs of this machine reach the API
 * @param say receives a line that says where a token was made
 * @throws {SecretInvalid} when others can reach the API and no token was given, or it is too short
 */
export function apiToken(
  basePath: string,
  { host, tokenFile }: { readonly host: string; readonly tokenFile?: string | undefined },
  isPrivate: boolean,
  say: (line: string) => void,
): string {
  const variable = 'AIRO_WINGMAN_TOKEN';
  const given = readSecret('the token of the API', variable, tokenFile);
  if (given !== undefined) return strong(given);
  if (!isPrivate) {
    throw new SecretInvalid(
      `The API is to listen on ${host}, where others can reach it, and no token was given. Name a file with one as ` +
        `api.tokenFile, or set ${variable}; or let it listen on 127.0.0.1.`,
    );
  }
  const file = join(basePath, 'api-token');
  if (!existsSync(file)) {
    writeSecretFile(file, `${randomBytes(32).toString('base64url')}\n`);
    say(`a token for the REST API was made; it is in ${file}`);
  }
  return strong(readSecretFile(file, 'the token of the API').trim());
}

/** @throws {SecretInvalid} when a token is none that can be sent, or can be guessed */
function strong(token: string): string {
  if (token.length >= shortestToken && !/\s/.test(token)) return token;
  throw new SecretInvalid(
    `The token of the API needs ${shortestToken} characters at least, without white space. A good one: ` +
      'openssl rand -hex 32',
  );
}
