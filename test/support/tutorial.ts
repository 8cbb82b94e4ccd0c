/**
 * Reads docs/tutorial.md as what it is: commands with their outputs, and steps in the Cockpit.
 *
 * - A block of the language `sh` holds commands. They run one block after another in one shell, in the root of the
 *   checkout, and the last one must end with status 0. Words after `sh` change that:
 *   `terminal=NAME` runs it in a terminal of its own, where it goes on until it is stopped; `again` repeats it until its
 *   output is as shown; `status=N` expects another status; `not-run=WHY` leaves it out, with words joined by hyphens.
 * - A block of the language `text` after it is its output: see `tutorial-output.ts`. With `terminal=NAME` it is what comes
 *   next in that terminal; if its first line is `^C`, Ctrl-C is pressed there before. A terminal may show more than that.
 * - The items of a numbered list are steps in the Cockpit, a sentence each: see `tutorial-steps.ts`.
 */

/** Commands to run. */
export interface Commands {
  readonly kind: 'commands';
  readonly line: number;
  readonly text: string;
  /** The terminal in which they go on running; without it they end. */
  readonly terminal?: string;
  /** Whether they are run again until the output is as shown. */
  readonly again: boolean;
  readonly status: number;
  /** Why they are not run. */
  readonly notRun?: string;
  readonly output?: Output;
}

/** What comes next in a terminal that runs already. */
export interface Screen {
  readonly kind: 'screen';
  readonly line: number;
  readonly terminal: string;
  /** Whether Ctrl-C is pressed first. */
  readonly interrupted: boolean;
  readonly output: Output;
}

/** A sentence that says what to do, or what is seen, in the Cockpit. */
export interface Sentence {
  readonly kind: 'sentence';
  readonly line: number;
  readonly text: string;
}

/** A shown output. */
export interface Output {
  /** The line of its first line in the document, from 1 on. */
  readonly line: number;
  readonly text: string;
}

export type Part = Commands | Screen | Sentence;

/** What stands below a heading of the second level. */
export interface Section {
  readonly title: string;
  readonly parts: readonly Part[];
}

/** The document has something in it that would not be executed, or could not be understood. */
export class TutorialError extends Error {
  override readonly name = 'TutorialError';

  constructor(line: number, message: string) {
    super(`docs/tutorial.md, line ${line}: ${message}`);
  }
}

interface Fence {
  readonly info: string;
  readonly line: number;
  readonly text: string;
}

/**
 * Reads the document.
 *
 * @throws {TutorialError} when there is a block or a word that has no meaning here
 */
export function parseTutorial(markdown: string): readonly Section[] {
  const sections: { title: string; parts: Part[] }[] = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length;) {
    const text = lines[at] ?? '';
    const parts = sections.at(-1)?.parts;
    if (text.startsWith('```')) {
      const fence = readFence(lines, at);
      at += fence.text.split('\n').length + 2;
      if (parts === undefined) throw new TutorialError(fence.line, 'a block stands before the first section.');
      addFence(parts, fence);
    } else if (text.startsWith('## ')) {
      sections.push({ title: text.slice(3), parts: [] });
      at += 1;
    } else if (/^\d+\. /.test(text)) {
      const { item, length } = readItem(lines, at);
      if (parts === undefined) throw new TutorialError(at + 1, 'a step stands before the first section.');
      for (const sentence of sentencesOf(item)) parts.push({ kind: 'sentence', line: at + 1, text: sentence });
      at += length;
    } else at += 1;
  }
  return sections;
}

function readFence(lines: readonly string[], at: number): Fence {
  const end = lines.findIndex((line, i) => i > at && line === '```');
  if (end === -1) throw new TutorialError(at + 1, 'the block has no end.');
  return { info: (lines[at] ?? '').slice(3), line: at + 1, text: lines.slice(at + 1, end).join('\n') };
}

function addFence(parts: Part[], { info, line, text }: Fence): void {
  const [language, ...words] = info.split(' ');
  const given = new Map(words.map((word) => [word.split('=')[0] ?? '', word.split('=').slice(1).join('=')]));
  const allow = (...known: readonly string[]) => {
    for (const word of given.keys()) {
      if (!known.includes(word)) throw new TutorialError(line, `"${word}" means nothing after ${language ?? ''}.`);
    }
  };
  const terminal = given.get('terminal');
  const output = { line: line + 1, text };
  if (language === 'sh') {
    allow('terminal', 'again', 'status', 'not-run');
    const notRun = given.get('not-run');
    parts.push({
      kind: 'commands',
      line,
      text,
      again: given.has('again'),
      status: Number(given.get('status') ?? 0),
      ...(terminal === undefined ? {} : { terminal }),
      ...(notRun === undefined ? {} : { notRun: notRun.replaceAll('-', ' ') }),
    });
  } else if (language === 'text' && terminal !== undefined) {
    allow('terminal');
    const interrupted = text.startsWith('^C\n');
    const shown = interrupted ? { line: output.line + 1, text: text.slice(3) } : output;
    parts.push({ kind: 'screen', line, terminal, interrupted, output: shown });
  } else if (language === 'text') {
    allow();
    const last = parts.at(-1);
    if (last?.kind !== 'commands' || last.output !== undefined || last.notRun !== undefined) {
      throw new TutorialError(line, 'the output belongs to no commands.');
    }
    parts.splice(-1, 1, { ...last, output });
  } else throw new TutorialError(line, `a block of "${info}" is neither executed nor compared.`);
}

/** An item of a list, which goes on in the lines below it that are indented. */
function readItem(lines: readonly string[], at: number): { readonly item: string; readonly length: number } {
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !/^ +\S/.test(line));
  const more = end === -1 ? rest : rest.slice(0, end);
  const item = [lines[at]?.replace(/^\d+\. +/, '') ?? '', ...more.map((line) => line.trim())].join(' ');
  return { item, length: 1 + more.length };
}

/** Sentences end with a period before a space and a capital letter or bold text; what is bold or code is never cut. */
function sentencesOf(item: string): readonly string[] {
  const whole: string[] = [];
  const hidden = item.replace(/\*\*.+?\*\*|`[^`]*`/g, (found) => `\uE000${whole.push(found) - 1}\uE000`);
  return hidden
    .split(/(?<=\.) (?=[A-Z\uE000])/)
    .map((sentence) => sentence.replace(/\uE000(\d+)\uE000/g, (_, i: string) => whole[Number(i)] ?? ''));
}

/** Whether a section is about the Cockpit. */
export function hasSteps({ parts }: Section): boolean {
  return parts.some(({ kind }) => kind === 'sentence');
}

/** The document with other outputs: each text replaces that of the output it belongs to. */
export function withOutputs(markdown: string, outputs: ReadonlyMap<Output, string>): string {
  const lines = markdown.split('\n');
  // From the end on, so that the lines before keep their numbers.
  for (const [output, text] of [...outputs].sort(([a], [b]) => b.line - a.line)) {
    lines.splice(output.line - 1, output.text.split('\n').length, ...text.split('\n'));
  }
  return lines.join('\n');
}
