import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { afterwards } from '../support/cleanup.ts';
import { classifyDirectly, fixture } from '../support/inference.ts';
import { tritonPython } from '../support/inference-python.ts';
import { root } from '../../scripts/lib/paths.ts';
import { start } from '../../scripts/lib/process.ts';
import { onnxRunner } from '../../lib/inference/node/onnx-runner.ts';
import { startOipServer } from '../../lib/inference/node/oip-server.ts';
import { fromNumbers } from '../../lib/inference/tensor.ts';

interface Classified {
  readonly id: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Report {
  readonly live: boolean;
  readonly ready: boolean;
  readonly modelReady: boolean;
  readonly otherReady: boolean;
  readonly server: { readonly extensions: readonly string[] };
  readonly model: { readonly inputs: unknown; readonly outputs: unknown; readonly versions: unknown };
  readonly binary: Classified;
  readonly json: Classified;
  readonly mixed: Classified;
  readonly default: Classified;
  readonly batch: Classified;
  readonly typesBinary: unknown;
  readonly typesJson: unknown;
  readonly different: number;
  readonly wrongShape: { readonly status: string; readonly message: string };
  readonly unknownModel: { readonly status: string; readonly message: string };
}

test('NVIDIA’s client for Python gets the results of a direct run, in binary and in JSON', async (t) => {
  const python = await tritonPython((line) => t.diagnostic(line));
  const runner = onnxRunner({ sessions: 2, threads: 1 });
  afterwards(t, () => runner.close());
  const server = await startOipServer({ runner, models: [fixture('classifier'), fixture('types')] }, t.signal);
  afterwards(t, () => server.close());
  const lines: string[] = [];
  const script = join(root, 'test', 'fixtures', 'inference', 'client.py');
  const client = await start(python, [script, `127.0.0.1:${server.port}`], { onLine: (line) => lines.push(line) });
  afterwards(t, () => client.stop());
  const { code } = await client.ended;
  assert.equal(code, 0, lines.join('\n'));
  const report = JSON.parse(lines.at(-1) ?? '') as Report;

  assert.deepEqual([report.live, report.ready, report.modelReady, report.otherReady], [true, true, true, false]);
  assert.deepEqual(report.server.extensions, ['binary_tensor_data']);
  assert.deepEqual(report.model.inputs, [{ name: 'image', datatype: 'FP32', shape: [-1, 1, 8, 8] }]);
  assert.deepEqual(report.model.outputs, [{ name: 'logits', datatype: 'FP32', shape: [-1, 3] }]);
  assert.deepEqual(report.model.versions, ['1']);

  // The pictures that client.py sends.
  const pictures = (rows: number) =>
    fromNumbers(
      'image',
      'FP32',
      [rows, 1, 8, 8],
      Float64Array.from({ length: rows * 64 }, (_, i) => Math.sin(i)),
    );
  const [one, three] = [await classifyDirectly(pictures(1)), await classifyDirectly(pictures(3))];
  const near = ({ id, shape, data }: Classified, rows: number, expected: readonly number[]) => {
    assert.deepEqual([id, shape], ['a-7', [rows, 3]]);
    for (const [i, value] of expected.entries()) assert.ok(Math.abs((data[i] ?? NaN) - value) < 1e-5);
  };
  for (const way of ['binary', 'json', 'mixed', 'default'] as const) near(report[way], 1, one);
  near(report.batch, 3, three);
  assert.deepEqual(report.typesBinary, { signed: [2 ** 40, -7], copy: ['héllo', ''], double: [3, -4] });
  assert.deepEqual(report.typesJson, report.typesBinary);
  assert.equal(report.different, 1);

  assert.equal(report.wrongShape.status, '400');
  assert.match(report.wrongShape.message, /"image" is FP32 \[1, 1, 8, 7\]. Expected "image" of FP32 \[any, 1, 8, 8\]/);
  assert.equal(report.unknownModel.status, '404');
});
