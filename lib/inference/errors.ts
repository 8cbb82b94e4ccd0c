/** Why an inference has no result. The names are those of the chain's failure codes and are matched by `name`. */

/** It is no valid request of the Open Inference Protocol. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
}

/** A tensor has another name, data type or shape than the model's description says. */
export class InvalidTensor extends Error {
  override readonly name = 'InvalidTensor';
}

/** The model cannot be loaded, or what runs it is gone. */
export class ModelUnavailable extends Error {
  override readonly name = 'ModelUnavailable';
}

/** The model failed while it ran. */
export class ExecutionFailed extends Error {
  override readonly name = 'ExecutionFailed';
}

/** What runs the model has more work than it takes. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

/** What came back is no valid response of the Open Inference Protocol, or no result. Only who asked can see it. */
export class InvalidResponse extends Error {
  override readonly name = 'InvalidResponse';
}

/** It is no image that can be read, or one that is too large. */
export class UnreadableImage extends Error {
  override readonly name = 'UnreadableImage';
}

/** It is no description of a model. */
export class InvalidDescription extends Error {
  override readonly name = 'InvalidDescription';
}
