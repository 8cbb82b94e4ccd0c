/** `npm run check:generated`: fails when a generated file that is committed does not belong to its sources. */
import { main } from '../lib/main.ts';
import { parseOptions } from '../lib/options.ts';
import { outdated } from './generated.ts';

await main('npm run check:generated', async () => {
  const { help } = parseOptions(process.argv.slice(2), {});
  if (help) {
    console.log('Fails when a generated file that is committed in chain/ does not belong to its sources.');
    return 0;
  }
  const findings = await outdated();
  for (const finding of findings) console.error(finding);
  if (findings.length === 0)
    console.log('The prebuilt host, the specifications and the weights belong to their sources.');
  return findings.length === 0 ? 0 : 1;
});
