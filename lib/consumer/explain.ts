/** What the chain's codes mean, for people. */
import type { FailureCode } from '../market/types.ts';

interface Explanation {
  readonly fault: 'consumer' | 'provider';
  readonly text: string;
}

const explanations: Readonly<Record<FailureCode, Explanation>> = {
  PayloadMissing: {
    fault: 'consumer',
    text: 'The provider did not find the payload on Dx. Check the connection to Dx and send it again.',
  },
  PayloadCorrupt: {
    fault: 'consumer',
    text: 'The payload that the provider found does not have the registered content id. Send it again.',
  },
  PayloadTooLarge: {
    fault: 'consumer',
    text: "The payload is larger than the model's inputs allow. Send less at a time.",
  },
  CannotDecrypt: {
    fault: 'consumer',
    text: "The payload was not encrypted to the provider's key for this place. Send it again.",
  },
  InvalidRequest: {
    fault: 'consumer',
    text: 'The payload is no request of the Open Inference Protocol. Check how it was made.',
  },
  InvalidTensor: {
    fault: 'consumer',
    text: "A tensor has another name, data type or shape than the model's description says. Compare them.",
  },
  ModelUnavailable: { fault: 'provider', text: 'The provider could not load the model. Order from another one.' },
  ExecutionFailed: { fault: 'provider', text: "The model failed on the provider's machine. Order from another one." },
  Overloaded: { fault: 'provider', text: 'The provider had more work than time. Send less at a time, or later.' },
  Internal: { fault: 'provider', text: 'Something failed at the provider. Order from another one.' },
};

/** Whose fault a failure is, and what it means. The provider says so, nobody checks it; it is refunded either way. */
export function explainFailure(code: FailureCode): Explanation {
  return explanations[code];
}
