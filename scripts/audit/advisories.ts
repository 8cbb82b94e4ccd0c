/** Known vulnerabilities of npm packages, as `npm audit --json` reports them. */
import { z } from 'zod';

export interface Advisory {
  /** Such as `GHSA-...`; the address of the advisory where it has no such name. */
  readonly id: string;
  readonly package: string;
  readonly severity: string;
  readonly title: string;
  readonly url: string;
  /** The versions that have it. */
  readonly range: string;
}

/** The registry did not say what is known. */
export class AuditUnavailable extends Error {
  override readonly name = 'AuditUnavailable';
}

const via = z.object({ name: z.string(), title: z.string(), url: z.string(), severity: z.string(), range: z.string() });
const reportSchema = z.object({
  auditReportVersion: z.literal(2),
  // A text names another package of the report that has the vulnerability.
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), via])) })),
});
const errorSchema = z.object({
  message: z.string().optional(),
  error: z.object({ code: z.string().optional(), summary: z.string().optional() }).optional(),
});

/**
 * The advisories of a report, each once.
 *
 * @param output what npm wrote to its standard output
 * @throws {AuditUnavailable} when it is no report
 */
export function advisoriesIn(output: string): readonly Advisory[] {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    throw new AuditUnavailable('npm audit wrote no JSON.');
  }
  const report = reportSchema.safeParse(value);
  if (!report.success) {
    const { message, error } = errorSchema.safeParse(value).data ?? {};
    const why = [error?.code, message ?? error?.summary].filter((part) => part !== undefined && part !== '').join(': ');
    throw new AuditUnavailable(`The registry did not say what is known${why === '' ? '' : ` (${why})`}.`);
  }
  const found = new Map<string, Advisory>();
  for (const { via: causes } of Object.values(report.data.vulnerabilities)) {
    for (const cause of causes) {
      if (typeof cause === 'string') continue;
      const { name, title, url, severity, range } = cause;
      const id = /GHSA(-[0-9a-z]{4}){3}/.exec(url)?.[0] ?? url;
      found.set(`${id} ${name}`, { id, package: name, severity, title, url, range });
    }
  }
  return [...found.values()];
}

const acceptedSchema = z.array(
  z.strictObject({
    advisory: z.string().min(1),
    package: z.string().min(1),
    note: z.string().min(20, 'must say why it does no harm here, and until when it is accepted'),
  }),
);
export type Accepted = z.infer<typeof acceptedSchema>;

/** Reads the advisories that are accepted. @throws when one has no note */
export function parseAccepted(text: string): Accepted {
  return acceptedSchema.parse(JSON.parse(text));
}

/** What has to be done, each a sentence; nothing when all that is known is accepted, and nothing else is. */
export function findings(advisories: readonly Advisory[], accepted: Accepted): readonly string[] {
  const isAccepted = ({ id, package: name }: Advisory) =>
    accepted.some((one) => one.advisory === id && one.package === name);
  const open = advisories.filter((advisory) => !isAccepted(advisory));
  const past = accepted.filter(
    (one) => !advisories.some(({ id, package: name }) => id === one.advisory && name === one.package),
  );
  return [
    ...open.map(
      ({ id, package: name, severity, title, url, range }) =>
        `${name} ${range} (${severity}): ${title}, ${url}. Take another version, or accept ${id} in ` +
        'scripts/audit/accepted.json with a note on why it does no harm.',
    ),
    ...past.map(
      ({ advisory, package: name }) => `${advisory} of ${name} is accepted and not reported any more: remove it.`,
    ),
  ];
}
