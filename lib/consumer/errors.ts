/** What can go wrong in buying, beside what the chain and Dx say. Errors are matched by `name`. */

/** An order that the market would refuse, or that could never be carried out. */
export class InvalidOrder extends Error {
  override readonly name = 'InvalidOrder';
}

/** There is no open order of this number. */
export class UnknownOrder extends Error {
  override readonly name = 'UnknownOrder';
}

/** There is no agreement of this number, or the account is not its consumer. */
export class UnknownAgreement extends Error {
  override readonly name = 'UnknownAgreement';
}

/** The private key that opens an agreement's results is not here. */
export class KeyMissing extends Error {
  override readonly name = 'KeyMissing';
}

/** A result is not what its provider has committed to on chain. */
export class WrongCommitment extends Error {
  override readonly name = 'WrongCommitment';
}

/** A published key of a scheme, or in a form, that is not known here. */
export class UnsupportedKey extends Error {
  override readonly name = 'UnsupportedKey';
}

/** The account that signs requests cannot pay the chain's fee. What it was to send waits until it can. */
export class CannotPayFees extends Error {
  override readonly name = 'CannotPayFees';
}

/** Whether an error has this name: errors may come from another copy of a module, so classes are not compared. */
export function isNamed(error: unknown, ...names: readonly string[]): error is Error {
  return error instanceof Error && names.includes(error.name);
}

/** The chain's name of a refused call, such as `execution.NotTheNextIndex`, or `null` for any other error. */
export function refusalOf(error: unknown): string | null {
  if (!isNamed(error, 'CallFailed')) return null;
  return 'error' in error && typeof error.error === 'string' ? error.error : '';
}
