/** Tells password managers what a passphrase belongs to; they ask for a user name beside every password. */
export function PassphraseOwner() {
  return <input type="text" name="username" autoComplete="username" value="Airo backup" readOnly hidden />;
}
