/** Reading the project's own Markdown, as far as the checks of the documents need it. */
import { glob, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { root } from '../lib/paths.ts';

/** A fenced block. */
export interface CodeBlock {
  /** `sh`, `json`, ...; what follows the fence. */
  readonly language: string;
  /** What stands after the language, such as `run`. */
  readonly note: string;
  readonly text: string;
  readonly line: number;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A document and what is in it. */
export interface MarkdownFile {
  /** From the checkout's root. */
  readonly path: string;
  readonly text: string;
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly Link[];
  readonly blocks: readonly CodeBlock[];
  /** What stands in the text between backticks. */
  readonly codes: readonly { readonly text: string; readonly line: number }[];
}

const ignored = ['node_modules', 'out', '.next', '.git', 'test-results', 'target'];

/** All documents of the checkout, by their path. */
export async function readDocuments(): Promise<ReadonlyMap<string, MarkdownFile>> {
  const documents = new Map<string, MarkdownFile>();
  const files = glob('**/*.md', { cwd: root, exclude: (name) => ignored.includes(name.split('/').at(-1) ?? '') });
  for await (const path of files) documents.set(path, parseMarkdown(path, await readFile(join(root, path), 'utf8')));
  return new Map([...documents].sort(([a], [b]) => a.localeCompare(b)));
}

/** One document, by its path from the checkout's root. */
export async function readDocument(path: string): Promise<MarkdownFile> {
  return parseMarkdown(path, await readFile(join(root, path), 'utf8'));
}

export function parseMarkdown(path: string, text: string): MarkdownFile {
  const anchors = new Set<string>();
  const links: Link[] = [];
  const blocks: CodeBlock[] = [];
  const codes: { text: string; line: number }[] = [];
  let open: { fence: string; language: string; note: string; line: number; lines: string[] } | undefined;
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    if (open !== undefined) {
      if (content.trim().startsWith(open.fence) && content.trim() === open.fence) {
        blocks.push({ language: open.language, note: open.note, line: open.line, text: dedented(open.lines) });
        open = undefined;
      } else open.lines.push(content);
      continue;
    }
    const fence = /^\s*(`{3,})\s*(\S*)\s*(.*)$/.exec(content);
    if (fence !== null) {
      const [, mark = '', language = '', note = ''] = fence;
      open = { fence: mark, language, note: note.trim(), line, lines: [] };
      continue;
    }
    const heading = /^#{1,6}\s+(.*)$/.exec(content)?.[1];
    if (heading !== undefined) anchors.add(unused(anchors, anchorOf(heading)));
    for (const [, inside = ''] of content.matchAll(/`([^`]+)`/g)) codes.push({ text: inside, line });
    // What looks like a link in code is none.
    const visible = content.replaceAll(/`[^`]*`/g, '');
    for (const [, target = ''] of visible.matchAll(/\]\(\s*<?([^()\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)) {
      links.push({ target, line });
    }
    const definition = /^\[[^\]]+\]:\s+(\S+)/.exec(visible)?.[1];
    if (definition !== undefined) links.push({ target: definition, line });
  }
  if (open !== undefined) throw new Error(`${path}, line ${open.line}: the code that begins here does not end.`);
  return { path, text, anchors, links, blocks, codes };
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

function unused(taken: ReadonlySet<string>, anchor: string): string {
  if (!taken.has(anchor)) return anchor;
  for (let n = 1; ; n++) if (!taken.has(`${anchor}-${n}`)) return `${anchor}-${n}`;
}

/** Without the indentation that code in a list has. */
function dedented(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const least = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((line) => `${line.slice(least)}\n`).join('');
}

/** `docs/provider.md:12`, for a message. */
export function placeOf({ path }: Pick<MarkdownFile, 'path'>, line: number): string {
  return `${relative('.', path)}:${line}`;
}
