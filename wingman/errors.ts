/** What can go wrong in Wingman itself. Errors are matched by `name`, and each message says what to do. */

/** The configuration cannot be used; `problems` has one line for each thing that is wrong. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  readonly problems: readonly string[];

  constructor(where: string, problems: readonly string[]) {
    super([`${where} cannot be used:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/** A secret is missing, malformed, or readable for others. */
export class SecretInvalid extends Error {
  override readonly name = 'SecretInvalid';
}

/** Another Wingman uses the base path. */
export class BasePathLocked extends Error {
  override readonly name = 'BasePathLocked';

  constructor(basePath: string) {
    super(
      `${basePath} is used by another Wingman. Stop that one, or give this one a folder of its own (basePath): two with ` +
        'one account would answer the same requests.',
    );
  }
}

/** The port of the REST API is in use, or the address is not of this machine. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

/** The journal is of a newer Wingman, or damaged. */
export class JournalUnusable extends Error {
  override readonly name = 'JournalUnusable';
}

/** There is nothing to back up, or no place to put it. */
export class BackupFailed extends Error {
  override readonly name = 'BackupFailed';
}

/** What was asked for needs the chain or Dx, and they are not reached yet. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
}

/** There is no such thing. */
export class Unknown extends Error {
  override readonly name = 'Unknown';
}

/** It contradicts what is there; nothing was changed. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** It is not for the API to change. */
export class Forbidden extends Error {
  override readonly name = 'Forbidden';
}

/** The account cannot pay for what is to be done. */
export class InsufficientFunds extends Error {
  override readonly name = 'InsufficientFunds';
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
