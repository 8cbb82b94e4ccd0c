/** THIRD-PARTY-LICENCES.md: everything that Airo is made of and that others have written. */
import type { Dependency } from './dependency.ts';
import { exceptions, judge, terms } from './policy.ts';

const sections: readonly {
  readonly title: string;
  readonly about: string;
  readonly holds: (dependency: Dependency) => boolean;
}[] = [
  {
    title: "npm packages in the Cockpit's pages",
    about: 'What the pages are built from; not everything in a package is in the site.',
    holds: ({ ecosystem, use }) => ecosystem === 'npm' && use === 'pages',
  },
  {
    title: 'npm packages of servers and of the command line',
    about: 'What runs beside the pages: Wingman, the Dx server, `airo`.',
    holds: ({ ecosystem, use }) => ecosystem === 'npm' && use === 'running',
  },
  {
    title: 'Rust crates of the node and of the runtime',
    about: 'What chain/Cargo.lock lets them depend on, on any platform and with any feature; less is compiled in.',
    holds: ({ ecosystem, use }) => ecosystem === 'Rust' && use === 'running',
  },
  {
    title: 'npm packages to build and test with',
    about: 'No part of anything that is passed on.',
    holds: ({ ecosystem, use }) => ecosystem === 'npm' && use === 'development',
  },
  {
    title: 'Rust crates to build and test with',
    about: 'No part of anything that is passed on.',
    holds: ({ ecosystem, use }) => ecosystem === 'Rust' && use === 'development',
  },
];

/** The document for these dependencies. */
export function describe(dependencies: readonly Dependency[]): string {
  const used = new Set(dependencies.map((dependency) => exceptionOf(dependency)));
  const lines = [
    '# Third-party licences',
    '',
    'Made from package-lock.json and chain/Cargo.lock by `npm run licences -- --write`, and checked by',
    '`npm test`. [NOTICE](NOTICE) has what concerns whoever passes Airo on. The texts of the licences lie in the packages.',
    '',
    '## Licences with terms beyond keeping notices',
    '',
    ...Object.entries(terms).map(([licence, why]) => `- ${licence}: ${why}.`),
    '',
    '## Packages that are used by exception',
    '',
    ...exceptions
      .filter((exception) => used.has(exception))
      .map(
        ({ packages, licence, reason }) =>
          `- ${packages.map((name) => `\`${name}\``).join(', ')} (${licence}): ${reason}.`,
      ),
  ];
  for (const { title, about, holds } of sections) {
    const held = dependencies.filter(holds);
    lines.push('', `## ${title}`, '', `${about} ${held.length} in all.`);
    for (const [licence, own] of byLicence(held)) {
      lines.push('', `### ${licence}`, '', ...own.map(({ name, version }) => `- ${name} ${version}`));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The licences of the Rust crates that a document lists, by `name version`. */
export function recordedCrates(document: string): ReadonlyMap<string, string> {
  const recorded = new Map<string, string>();
  let isRust = false;
  let licence = '';
  for (const line of document.split('\n')) {
    const [, mark = '', text = ''] = /^(##|###|-) (.*)$/.exec(line) ?? [];
    if (mark === '##') isRust = text.startsWith('Rust');
    else if (mark === '###') licence = text;
    else if (mark === '-' && isRust) recorded.set(text, licence);
  }
  return recorded;
}

function exceptionOf(dependency: Dependency) {
  const verdict = judge(dependency);
  return verdict.allowed ? verdict.exception : undefined;
}

function byLicence(dependencies: readonly Dependency[]): readonly (readonly [string, readonly Dependency[]])[] {
  const groups = Map.groupBy(dependencies, ({ licence }) => licence);
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...groups]
    .sort(([a], [b]) => order(a, b))
    .map(([licence, own]) => [licence, [...own].sort((a, b) => order(a.name, b.name) || order(a.version, b.version))]);
}
