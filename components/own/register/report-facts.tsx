/** What an ONNX file turned out to be. */
import type { ModelReport } from '../../../lib/cockpit/types.ts';
import type { TensorSpec } from '../../../lib/market/types.ts';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import { Facts, Readout, Readouts, Stack } from '../../ui/layout.tsx';
import { shapeText } from './shape-text.ts';
import styles from './report-facts.module.css';

/** The report of a check. */
export function ReportFacts({ report }: { readonly report: ModelReport }) {
  const { bytes, opset, irVersion, producer, inputs, outputs, runMs, loadMs } = report;
  return (
    <Stack gap={3}>
      <Readouts>
        <Readout label="Runs in" value={formatDuration(runMs)} note="Once, with zeros, by WebAssembly" />
        <Readout label="Loads in" value={formatDuration(loadMs)} note={formatBytes(bytes)} />
        <Readout label="Opset" value={opset} note={`IR ${irVersion}${producer === '' ? '' : ` · ${producer}`}`} />
      </Readouts>
      <Facts
        facts={[
          { term: inputs.length === 1 ? 'Input' : 'Inputs', value: <Tensors of={inputs} /> },
          { term: outputs.length === 1 ? 'Output' : 'Outputs', value: <Tensors of={outputs} /> },
        ]}
      />
    </Stack>
  );
}

function Tensors({ of }: { readonly of: readonly TensorSpec[] }) {
  return of.map(({ name, dataType, shape }) => (
    <div key={name} className={styles.tensor}>
      <code>{name}</code> <span className={styles.shape}>{`${dataType}  ${shapeText(shape)}`}</span>
    </div>
  ));
}
