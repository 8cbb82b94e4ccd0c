/** An image that somebody has drawn, picked or taken. */
export interface PickedImage {
  /** Such as the name of its file. */
  readonly label: string;
  readonly blob: Blob;
}
