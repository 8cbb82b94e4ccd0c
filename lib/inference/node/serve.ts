/**
 * A server of the Open Inference Protocol as a process:
 *
 *     node lib/inference/node/serve.ts --model model.onnx --description model.json --name digits --port 8000
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { parseDescription } from '../description.ts';
import { onnxRunner } from './onnx-runner.ts';
import { startOipServer } from './oip-server.ts';

const usage = `Serves an ONNX model by the Open Inference Protocol.

  --model FILE        The ONNX file.
  --description FILE  The model's description, JSON.
  --name NAME         The model's name in the protocol (default: model).
  --version VERSION   The model's version in the protocol (default: 1).
  --host HOST         Where to listen (default: 127.0.0.1).
  --port PORT         The port, 0 for a free one (default: 8000).
  --sessions N        How many inferences run side by side (default: one for each processor, up to 4).
  --help              Show this text.`;

async function serve(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string' },
      description: { type: 'string' },
      name: { type: 'string', default: 'model' },
      version: { type: 'string', default: '1' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8000' },
      sessions: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const { model: file, description: descriptionFile, name, version, host } = values;
  if (file === undefined || descriptionFile === undefined) throw new Error(`--model and --description are needed.`);
  const port = wholeNumber('port', values.port, 0, 65_535);
  const sessions = values.sessions === undefined ? {} : { sessions: wholeNumber('sessions', values.sessions, 1, 1024) };
  const description = parseDescription(await readFile(descriptionFile, 'utf8'));
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const runner = onnxRunner(sessions);
  try {
    const model = { name, version, description, bytes: () => readFile(file) };
    const server = await startOipServer({ runner, models: [model], host, port }, stop.signal);
    console.log(`Listening on ${server.url}`);
    await new Promise<void>((resolve) => {
      if (stop.signal.aborted) resolve();
      else stop.signal.addEventListener('abort', () => resolve());
    });
    await server.close();
  } catch (error) {
    // Who stops it while the model loads wants just that.
    if (!stop.signal.aborted) throw error;
  } finally {
    await runner.close();
  }
}

function wholeNumber(name: string, value: string, least: number, most: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  throw new Error(`--${name} must be a whole number from ${least} to ${most}, not "${value}".`);
}

try {
  await serve();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error('See --help.');
  process.exitCode = 1;
}
