/** Which failure code of the chain an error becomes. */
import { failureCodes, type FailureCode } from '../market/types.ts';

const names: Readonly<Record<string, FailureCode>> = {
  NotFound: 'PayloadMissing',
  Corrupt: 'PayloadCorrupt',
  InvalidKey: 'PayloadCorrupt',
  TooLarge: 'PayloadTooLarge',
};

/** The code for an error, by its name; `Internal` for one that is not known. */
export function failureCodeOf(error: Error): FailureCode {
  return failureCodes.find((code) => code === error.name) ?? names[error.name] ?? 'Internal';
}
