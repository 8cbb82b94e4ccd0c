/** docs/tutorial.md, as far as it is about commands: they are run, and give what the document shows. */
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';

import { storyOf } from '../../e2e/support/story.ts';
import { hasSteps, withOutputs, type Output } from '../support/tutorial.ts';
import { madeAddresses } from '../support/tutorial-output.ts';
import { provideResNet50 } from '../support/tutorial-resnet.ts';
import { readTutorial, startTutorial, tutorialFile } from '../support/tutorial-run.ts';

/** With AIRO_TUTORIAL=write the outputs of the run are written into the document. */
const writes = process.env.AIRO_TUTORIAL === 'write';

test('the commands of the tutorial give what it shows', { timeout: 600_000 }, async (t) => {
  const step = storyOf(t);
  const sections = await readTutorial();
  const document = await readFile(tutorialFile, 'utf8');
  const outputs = new Map<Output, string>();
  const tutorial = await startTutorial(t, {
    instead: provideResNet50,
    ...(writes ? { onOutput: (shown, actual) => void outputs.set(shown, actual) } : {}),
  });
  // Each section can follow upon the first; those in the Cockpit are told in e2e/tutorial.test.ts.
  for (const section of sections.filter((candidate) => !hasSteps(candidate))) {
    await step(section.title, async (nested) => {
      try {
        await tutorial.tell(section);
        if (writes) await writeFile(tutorialFile, rewritten(document, outputs));
      } catch (error) {
        nested.diagnostic(tutorial.log());
        throw error;
      }
    });
  }
});

/** The document with the outputs of a run, and in its commands the addresses that these show. */
function rewritten(document: string, outputs: ReadonlyMap<Output, string>): string {
  let text = withOutputs(document, outputs);
  for (const [shown, actual] of outputs) {
    const addresses = madeAddresses(actual);
    madeAddresses(shown.text).forEach((address, i) => {
      text = text.replaceAll(address, addresses[i] ?? address);
    });
  }
  return text;
}
