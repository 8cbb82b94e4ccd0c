/** Why there is no picture from the camera, and what to do. */
export function cameraProblem(error: unknown): string {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
      return 'This page may not use the camera. Allow it in the address bar, or pick a file instead.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No camera was found. Connect one, or pick a file instead.';
    case 'NotReadableError':
    case 'AbortError':
      return 'Another program uses the camera. Close it and try again, or pick a file instead.';
    case 'NotSupportedError':
      return 'Browsers give the camera to pages from https or localhost only. Pick a file instead.';
    default:
      return `The camera cannot be used: ${error instanceof Error ? error.message : String(error)} Pick a file instead.`;
  }
}
