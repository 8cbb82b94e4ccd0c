import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { advisoriesIn, findings, parseAccepted } from './advisories.ts';

/** As npm 10 writes it, but for what is not read. */
const report = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    app: { name: 'app', severity: 'high', via: ['parser'], effects: [], range: '*', nodes: [], fixAvailable: true },
    parser: {
      via: [
        {
          source: 1,
          name: 'parser',
          dependency: 'parser',
          title: 'It reads too far',
          url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
          severity: 'high',
          range: '<1.2.3',
        },
      ],
    },
  },
});
const advisory = {
  id: 'GHSA-aaaa-bbbb-cccc',
  package: 'parser',
  severity: 'high',
  title: 'It reads too far',
  url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
  range: '<1.2.3',
};
const accepted = { advisory: advisory.id, package: 'parser', note: 'It is given nothing that strangers wrote.' };

test('a report has each advisory once, however many packages it reaches', () => {
  assert.deepEqual(advisoriesIn(report), [advisory]);
  assert.deepEqual(advisoriesIn('{"auditReportVersion":2,"vulnerabilities":{}}'), []);
});

test('when the registry does not answer, that is said, and not that nothing is known', () => {
  for (const output of ['', '<html>', '{}', '{"message":"request failed","error":{"code":"ENOAUDIT"}}']) {
    assert.throws(() => advisoriesIn(output), { name: 'AuditUnavailable' }, output);
  }
  assert.throws(() => advisoriesIn('{"error":{"code":"ENOAUDIT"}}'), /ENOAUDIT/);
});

test('what is not accepted is told with what to do', () => {
  const [finding, ...others] = findings([advisory], []);
  assert.match(finding ?? '', /parser <1\.2\.3 \(high\): It reads too far/);
  assert.deepEqual(others, []);
  assert.deepEqual(findings([advisory], [accepted]), []);
  assert.equal(findings([advisory], [{ ...accepted, package: 'other' }]).length, 2);
});

test('what is accepted and not reported any more is to be removed', () => {
  assert.match(findings([], [accepted])[0] ?? '', /not reported any more/);
});

test('an acceptance without a note is refused, and the committed ones have theirs', async () => {
  assert.throws(() => parseAccepted(JSON.stringify([{ ...accepted, note: '' }])), /why it does no harm/);
  parseAccepted(await readFile(join(import.meta.dirname, 'accepted.json'), 'utf8'));
});
