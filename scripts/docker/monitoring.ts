/** What the dashboards and the alerts in docker/ ask Prometheus. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { root } from '../lib/paths.ts';

const dashboardsFolder = join(root, 'docker', 'grafana', 'dashboards');
export const prometheusFolder = join(root, 'docker', 'prometheus');

export interface Query {
  /** The dashboard and panel, or the alert. */
  readonly where: string;
  readonly expression: string;
}

/** As much of a dashboard as is looked at. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly description: string;
    readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
    readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
  }[];
}

/** The dashboards by the names of their files. */
export async function dashboards(): Promise<ReadonlyMap<string, Dashboard>> {
  const read = async (name: string) => JSON.parse(await readFile(join(dashboardsFolder, name), 'utf8')) as Dashboard;
  const names = await readdir(dashboardsFolder);
  return new Map(await Promise.all(names.sort().map(async (name) => [name, await read(name)] as const)));
}

/** The queries of all panels. What Grafana fills in is filled in: every instance, and an interval. */
export async function dashboardQueries(): Promise<readonly Query[]> {
  return [...(await dashboards())].flatMap(([name, { panels }]) =>
    panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({
        where: `${name}, ${title}`,
        expression: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.+'),
      })),
    ),
  );
}

/** The queries of all alerts. */
export async function alertQueries(): Promise<readonly Query[]> {
  const text = await readFile(join(prometheusFolder, 'alerts.yml'), 'utf8');
  const { groups } = parse(text) as { groups: { rules: { alert: string; expr: string }[] }[] };
  return groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ where: alert, expression: expr })));
}

/** The metrics of this project and of the node that a query names. */
export function metricsIn(expression: string): readonly string[] {
  const withoutLabels = expression.replace(/\{[^}]*\}/g, '').replace(/\b(by|ignoring|on)\s*\([^)]*\)/g, '');
  return [...new Set(withoutLabels.match(/\b(wingman|airo|substrate)_\w+/g) ?? [])];
}

/** The names in an exposition: those of the series, and not of the family that a histogram is. */
export function exposedMetrics(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    names.add(name);
    if (type === 'histogram') for (const part of ['bucket', 'sum', 'count']) names.add(`${name}_${part}`);
  }
  return names;
}
