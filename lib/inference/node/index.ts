export * from '../image.node.ts';
export * from './container-runner.ts';
export * from './no-telemetry.ts';
export * from './oip-server.ts';
export * from './onnx-runner.ts';
