/** docs/tutorial.md, as far as it is about the Cockpit: each step is done, and what it says is seen. */
import { test } from 'node:test';

import { hasSteps } from '../test/support/tutorial.ts';
import { readTutorial, startTutorial } from '../test/support/tutorial-run.ts';
import { storyOf } from './support/story.ts';
import { openBrowser } from './support/visitor.ts';
import { readerOf } from './tutorial-person.ts';

test('the steps of the tutorial in the Cockpit can be done, and show what it says', { timeout: 600_000 }, async (t) => {
  const step = storyOf(t);
  const reader = readerOf(t, await openBrowser(t));
  const tutorial = await startTutorial(t, { step: reader.tell });
  // They follow upon the first section, which starts the market.
  const sections = (await readTutorial()).filter((section, i) => i === 0 || hasSteps(section));
  for (const section of sections) {
    await step(section.title, async (nested) => {
      try {
        await tutorial.tell(section);
      } catch (error) {
        nested.diagnostic(tutorial.log());
        throw error;
      }
    });
  }
});
