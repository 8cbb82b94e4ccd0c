/** Passphrases as they are typed. */

/** Shorter ones protect nothing. */
const leastLength = 8;

/** Reads a new passphrase as it is, spaces included. @throws when it is too short */
export function parseNewPassphrase(text: string): string {
  if (text === '') throw new Error('Choose a passphrase.');
  if (text.length < leastLength) {
    throw new Error(`It has ${text.length} characters; take at least ${leastLength}, or better four words.`);
  }
  return text;
}

/** Reads the passphrase of a backup that exists. @throws when there is none */
export function parsePassphrase(text: string): string {
  if (text === '') throw new Error('Write the passphrase with which the backup was made.');
  return text;
}

/** What is wrong with a passphrase that was typed again. */
export function repeatProblem(first: string, again: string): string | undefined {
  return first === again ? undefined : 'It is not the same as above.';
}

/** The name of a backup's file: `airo-backup-2026-11-23.airo`. */
export function backupName(now: Date): string {
  return `airo-backup-${now.toISOString().slice(0, 10)}.airo`;
}
