/**
 * Has onnxruntime send nothing to its makers. Since 1.29 its libraries for Linux and macOS tell them about the machine and
 * the models that run on it, unless this variable is set in the process's environment before the first model is loaded.
 * Whoever has set it to something else has decided so.
 */
export function disableOnnxruntimeTelemetry(): void {
  // Not in a worker thread: its `process.env` is a copy, which the library does not see.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
}
