/** What can go wrong in the engine itself. Errors are matched by `name`. */

/** Something did not end in time. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';

  constructor(what: string, ms: number) {
    super(`${what} did not end within ${Math.round(ms)} ms.`);
  }
}

/** The external strategy's program or service could not be asked, or failed. */
export class HookFailed extends Error {
  override readonly name = 'HookFailed';
}

/** The external strategy's answer is not one. */
export class InvalidHookAnswer extends Error {
  override readonly name = 'InvalidHookAnswer';
}

/** The engine has not seen the chain yet, so there is nothing to decide on. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
}

/** The account that signs may not do what has to be done. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

/** Another answer than the journal's stands on the chain. */
export class ForeignAnswer extends Error {
  override readonly name = 'ForeignAnswer';
}
