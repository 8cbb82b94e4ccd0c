/**
 * Running ONNX models in a browser: each in a worker of its own, on the GPU by WebGPU where that is there and gives the
 * right results, else in WebAssembly with several threads or one. What runs and why nothing better does is always told.
 */
export * from './runner.ts';
export type { Measurement, MeasureOptions } from '../measure.ts';
export type * from './types.ts';
