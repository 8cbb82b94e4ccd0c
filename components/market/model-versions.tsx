'use client';
/** All versions of a model. */
import type { ModelVersion } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { formatBytes, plural } from '../ui/format.ts';
import { Section } from '../ui/layout.tsx';
import { Timeline } from '../ui/timeline.tsx';
import { ContentId, Time } from '../ui/values.tsx';

/** Newest first. With one version there is nothing to tell apart, and nothing is shown. */
export function ModelVersions({ versions }: { readonly versions: readonly ModelVersion[] }) {
  const cockpit = useCockpit();
  if (versions.length < 2) return null;
  return (
    <Section title="Versions" aside={plural(versions.length, 'version')}>
      <Timeline
        label="Versions of this model"
        items={versions.map(({ version, content, size, publishedAt, description }, index) => ({
          key: String(version),
          title: `Version ${version}${index === 0 ? ', newest' : ''}`,
          time: <Time ms={cockpit.timeOf(publishedAt)} />,
          detail: (
            <>
              {description.name}, {formatBytes(size)} <ContentId id={content} />
            </>
          ),
        }))}
      />
    </Section>
  );
}
