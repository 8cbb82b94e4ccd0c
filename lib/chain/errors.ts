/** What can go wrong beside what the market's contract names (`../market/errors.ts`). Errors are matched by `name`. */

/** The node, or the chain specification, is of another chain than the one that is wanted. */
export class WrongChain extends Error {
  override readonly name = 'WrongChain';
}

/** A text that is no secret of an account. The message does not contain it. */
export class InvalidSecret extends Error {
  override readonly name = 'InvalidSecret';

  constructor() {
    super(
      'This is no secret of an account: a phrase of 12 to 24 words, 32 bytes in hexadecimal after 0x, or on development ' +
        'chains a name such as //Alice is wanted, each with derivations such as //provider behind it if needed.',
    );
  }
}
