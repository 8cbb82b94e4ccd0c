/** The files for GitHub: what they name exists, and their workflows can do no more than they must. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { parse } from 'yaml';
import { z } from 'zod';

import { root } from './lib/paths.ts';

const folder = join(root, '.github');

const permissions = z.partialRecord(
  z.enum(['contents', 'packages', 'pages', 'id-token']),
  z.enum(['read', 'write', 'none']),
);
const step = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z
    .string()
    .regex(/^[\w.-]+\/[\w./-]+@(?:v\d+|[0-9a-f]{40})$/, 'an action is pinned to a major version or a commit')
    .optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
  run: z.string().optional(),
});
const job = z.strictObject({
  name: z.string(),
  if: z.string().optional(),
  'runs-on': z.string().regex(/^ubuntu-\d\d\.\d\d$/, 'a runner is named with its version'),
  container: z.strictObject({ image: z.string().regex(/:[\d.]+/), options: z.string().optional() }).optional(),
  'timeout-minutes': z.int().max(90),
  permissions: permissions.optional(),
  environment: z.strictObject({ name: z.string(), url: z.string() }).optional(),
  strategy: z
    .strictObject({
      'fail-fast': z.boolean(),
      matrix: z.strictObject({ include: z.array(z.record(z.string(), z.string())) }),
    })
    .optional(),
  steps: z.array(step).min(1),
});
const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({ contents: z.literal('read') }),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean().optional() }),
  jobs: z.record(z.string(), job),
});

const files = (await readdir(join(folder, 'workflows'))).sort();
const workflows = await Promise.all(
  files.map(async (file) => ({
    file,
    text: await readFile(join(folder, 'workflows', file), 'utf8'),
  })),
);
const jobsOf = (text: string) => Object.values(workflow.parse(parse(text)).jobs);

test('there is one workflow for changes and one for releases', () => {
  assert.deepEqual(files, ['ci.yml', 'release.yml']);
});

for (const { file, text } of workflows) {
  test(`${file} is a workflow whose actions are pinned and whose rights are the least`, () => {
    const parsed = workflow.parse(parse(text));
    for (const { name, steps } of Object.values(parsed.jobs)) {
      for (const { uses, run } of steps)
        assert.ok((uses === undefined) !== (run === undefined), `${name}: uses or run`);
      const checkout = steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
      assert.equal(checkout?.with?.['persist-credentials'], false, `${name} leaves no credentials on the disk`);
    }
  });

  test(`${file} puts nothing that strangers write into a shell`, () => {
    for (const { steps } of jobsOf(text)) {
      for (const { run = '' } of steps) assert.doesNotMatch(run, /\$\{\{/, 'an expression goes through a variable');
    }
  });

  test(`the scripts and files that ${file} names exist`, async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      scripts: Readonly<Record<string, string>>;
    };
    const commands = jobsOf(text).flatMap(({ steps }) => steps.map(({ run = '' }) => run));
    for (const command of commands) {
      for (const [, name = ''] of command.matchAll(/\bnpm run ([\w:-]+)/g)) assert.ok(name in scripts, name);
      for (const [path] of command.matchAll(/(?<![\w/.-])(?:\.ci|\.github|chain|docker|scripts)\/[\w./-]+/g)) {
        assert.ok(existsSync(join(root, path)), path);
      }
      if (command.includes('.github/deny.toml')) assert.ok(existsSync(join(folder, 'deny.toml')));
    }
    for (const [, path = ''] of text.matchAll(/hashFiles\('([^']+)'\)/g)) assert.ok(existsSync(join(root, path)), path);
  });
}

test('a change is checked by what .ci/run runs', async () => {
  const text = workflows.find(({ file }) => file === 'ci.yml')?.text ?? '';
  assert.ok(jobsOf(text).some(({ steps }) => steps.some(({ run }) => run === 'bash .ci/run')));
  assert.match(await readFile(join(root, '.ci', 'run'), 'utf8'), /^exec npm test$/m);
});

test('a release builds every image of the project, from stages that exist', async () => {
  const text = workflows.find(({ file }) => file === 'release.yml')?.text ?? '';
  const images = jobsOf(text).flatMap(({ strategy }) => strategy?.matrix.include ?? []);
  for (const { file = '', target = '' } of images) {
    const dockerfile = await readFile(join(root, file), 'utf8');
    if (target !== '') assert.match(dockerfile, new RegExp(`^FROM \\S+ AS ${target}$`, 'm'), `${file} ${target}`);
  }
  const names = images.map(({ image }) => image).sort();
  assert.deepEqual(names, ['airo', 'airo-cockpit', 'airo-dx', 'airo-model-server', 'airo-node', 'airo-wingman']);
});

const element = z.strictObject({
  type: z.enum(['markdown', 'textarea', 'input', 'dropdown', 'checkboxes']),
  id: z
    .string()
    .regex(/^[a-z]+$/)
    .optional(),
  attributes: z.looseObject({ label: z.string().optional(), options: z.array(z.string()).min(2).optional() }),
  validations: z.strictObject({ required: z.boolean() }).optional(),
});
const form = z.strictObject({
  name: z.string(),
  description: z.string(),
  labels: z.array(z.string()),
  body: z.array(element).min(1),
});

test('the forms for issues are what GitHub takes', async () => {
  for (const name of ['bug.yml', 'idea.yml']) {
    const { body } = form.parse(parse(await readFile(join(folder, 'ISSUE_TEMPLATE', name), 'utf8')));
    const fields = body.filter(({ type }) => type !== 'markdown');
    assert.ok(
      fields.every(({ id, attributes }) => id !== undefined && attributes.label !== undefined),
      name,
    );
    assert.equal(new Set(fields.map(({ id }) => id)).size, fields.length, name);
  }
  const config: unknown = parse(await readFile(join(folder, 'ISSUE_TEMPLATE', 'config.yml'), 'utf8'));
  z.strictObject({ blank_issues_enabled: z.boolean() }).parse(config);
});
