/** Something that Airo is made of and that others have written. */
export interface Dependency {
  readonly ecosystem: 'npm' | 'Rust';
  readonly name: string;
  readonly version: string;
  /** As the package gives it: an SPDX expression if it is as it should be. */
  readonly licence: string;
  /** What it is for: in the Cockpit's pages, when Airo runs, or only when it is built and tested. */
  readonly use: 'pages' | 'running' | 'development';
}
