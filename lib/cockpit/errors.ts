/** What can go wrong in the Cockpit beside what the libraries say. Errors are matched by `name`. */

/** A person refused in the wallet. Nothing was sent. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor(options?: ErrorOptions) {
    super('You refused in the wallet; nothing was sent.', options);
  }
}

/** There is no account that could sign this. */
export class NoAccount extends Error {
  override readonly name = 'NoAccount';
}

/** Only a development chain has this. */
export class NotDevelopment extends Error {
  override readonly name = 'NotDevelopment';
}

/** `network.json` or the chain's specification is missing or wrong. */
export class InvalidNetwork extends Error {
  override readonly name = 'InvalidNetwork';
}

/** A text that is no address of this chain. */
export class InvalidAddress extends Error {
  override readonly name = 'InvalidAddress';
}

/** No block has come for long; the connection may be gone. */
export class ChainStalled extends Error {
  override readonly name = 'ChainStalled';
}

/** There is no connection to Dx. */
export class DxUnavailable extends Error {
  override readonly name = 'DxUnavailable';
}

/** Another tab works on this agreement. */
export class BusyElsewhere extends Error {
  override readonly name = 'BusyElsewhere';
}

/** What would be needed is not kept here. */
export class NotKept extends Error {
  override readonly name = 'NotKept';
}

/** The browser lets this page keep nothing. */
export class StorageForbidden extends Error {
  override readonly name = 'StorageForbidden';
}

/** The browser's storage for this page is full. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

/** This browser cannot make a key that signs by itself, or not keep it. */
export class KeysUnsupported extends Error {
  override readonly name = 'KeysUnsupported';
}

/** Too short to protect anything. */
export class WeakPassphrase extends Error {
  override readonly name = 'WeakPassphrase';
}

/** The passphrase does not open the file. */
export class WrongPassphrase extends Error {
  override readonly name = 'WrongPassphrase';
}

/** The file is no backup of the Cockpit. */
export class NotABackup extends Error {
  override readonly name = 'NotABackup';
}

/** The backup was written by a newer version. */
export class BackupTooNew extends Error {
  override readonly name = 'BackupTooNew';
}

/** The file is no ONNX model. */
export class NotOnnx extends Error {
  override readonly name = 'NotOnnx';
}

/** The model needs operators of a version that is not supported. */
export class UnsupportedOpset extends Error {
  override readonly name = 'UnsupportedOpset';
}

/** The model has something that onnxruntime or the Open Inference Protocol does not. */
export class UnsupportedModel extends Error {
  override readonly name = 'UnsupportedModel';
}

/** The model fails when it runs. */
export class ModelFails extends Error {
  override readonly name = 'ModelFails';
}

/** A file is larger than what is taken. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** A tab cannot become a provider in this way. */
export class InvalidSetup extends Error {
  override readonly name = 'InvalidSetup';
}

/** Settings with which a tab cannot provide. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings';
}
