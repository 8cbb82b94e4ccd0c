/** What the chain can answer instead of doing what was asked. Errors are matched by `name`. */

/** A call that the chain refused. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  /** The error as the chain names it: `marketplace.AlreadyBid`, `execution.DeadlinePassed`, `Token.FundsUnavailable`. */
  readonly error: string;

  constructor(error: string, explanation: string) {
    super(`${error}: ${explanation}`);
    this.error = error;
  }
}

/** The transaction was sent, and it is not known whether it was included. */
export class TransactionLost extends Error {
  override readonly name = 'TransactionLost';
}

/** The chain does not take the transaction; nothing has changed. */
export class TransactionRefused extends Error {
  override readonly name = 'TransactionRefused';
}

/** There is no connection to the chain, or no answer in time. */
export class ChainUnavailable extends Error {
  override readonly name = 'ChainUnavailable';
}
