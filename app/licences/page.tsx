import type { Metadata } from 'next';

import { Page, Section, Stack } from '../../components/ui/layout.tsx';
import { Notice } from '../../components/ui/notice.tsx';
import { Table } from '../../components/ui/table.tsx';
import { bundledPackages, type BundledPackage } from '../../scripts/app/licences.ts';

export const metadata: Metadata = { title: 'Licences' };

/** Licences with terms for whoever passes the code on, beyond keeping the notices. */
const withTerms = /GPL|MPL|OFL/;

/** Drawn while the site is built, from what it is built from. */
export default async function LicencesPage() {
  const packages = await bundledPackages(process.cwd());
  const special = packages.filter(({ licence }) => withTerms.test(licence));
  return (
    <Page
      narrow
      title="Licences"
      lead="Airo's own source is under the Apache License, version 2.0. This page lists what else the site is made of."
    >
      <Notice title="The licence of this site as you have loaded it">
        <p>
          It can load @substrate/connect, which is under the GNU General Public License, version 3 only. The built site
          as a whole is therefore passed on under the GPL, version 3. Built without that package it is under Apache-2.0
          together with smoldot, whose licence, the GPL from version 3 on, has the Classpath exception for programs that
          are linked with it.
        </p>
        <p>
          <a href="../third-party-notices.txt">The texts of all licences</a>, with the copyright notices, come with the
          site.
        </p>
        <p>
          All packages are used unchanged. Their source is published by their authors under the names and versions
          below; the source of Airo is in the repository that the site was built from.
        </p>
      </Notice>
      <Section title="With terms for whoever passes them on" aside={special.length}>
        <Packages caption="Packages with terms for whoever passes them on" packages={special} />
      </Section>
      <Section title="All packages" aside={packages.length}>
        <Stack gap={3}>
          <p>What the pages are built from. Not everything in a package is in the site.</p>
          <Packages caption="All packages and their licences" packages={packages} />
        </Stack>
      </Section>
    </Page>
  );
}

function Packages({ caption, packages }: { readonly caption: string; readonly packages: readonly BundledPackage[] }) {
  return (
    <Table
      caption={caption}
      rows={packages}
      rowKey={({ name, version }) => `${name} ${version}`}
      columns={[
        { key: 'name', header: 'Package', isHead: true, cell: ({ name }) => name },
        { key: 'version', header: 'Version', cell: ({ version }) => version },
        { key: 'licence', header: 'Licence', cell: ({ licence }) => licence },
      ]}
    />
  );
}
