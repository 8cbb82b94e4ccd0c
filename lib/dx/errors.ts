/** What can go wrong on Dx. Errors are matched by `name`. */

/** The key is not a content id of Dx. */
export class InvalidKey extends Error {
  override readonly name = 'InvalidKey';
}

/** The data has another content id than the one named. */
export class WrongKey extends Error {
  override readonly name = 'WrongKey';
}

/** Nobody gave the data before the deadline. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** What was given does not have the content id that was asked for. */
export class Corrupt extends Error {
  override readonly name = 'Corrupt';
}

/** The data is larger than what is taken. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Too few other peers hold the data. */
export class NotReplicated extends Error {
  override readonly name = 'NotReplicated';
}

/** The envelope cannot be opened with this key in this place: it is for somebody else, or was changed. */
export class CannotDecrypt extends Error {
  override readonly name = 'CannotDecrypt';
}
