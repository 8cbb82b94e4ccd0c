/** Runs the tutorial: its commands in a shell and in terminals, compared with what the document shows of them. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { root } from '../../scripts/lib/paths.ts';
import { start, type Ended, type Running } from '../../scripts/lib/process.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { afterwards } from './cleanup.ts';
import { parseTutorial, type Commands, type Output, type Screen, type Section, type Sentence } from './tutorial.ts';
import { hasGaps, isAsShown, madeAddresses } from './tutorial-output.ts';
import { preparePlaces, type Places } from './tutorial-places.ts';

export const tutorialFile = join(root, 'docs', 'tutorial.md');

/** As long as the slowest command may take: it waits for blocks, on a busy machine. */
const patienceMs = 120_000;

/** How a run is followed. */
export interface RunOptions {
  /** Does a step in the Cockpit. */
  readonly step?: (sentence: Sentence, here: Places['here']) => Promise<void>;
  /** Provides, before the next block, the files of a block that is not run. */
  readonly instead?: (commands: Commands, home: string) => Promise<void>;
  /** Takes the outputs of commands as they are, and does not compare them; those with gaps are compared all the same. */
  readonly onOutput?: (shown: Output, actual: string) => void;
}

/** The sections of the document. */
export async function readTutorial(): Promise<readonly Section[]> {
  return parseTutorial(await readFile(tutorialFile, 'utf8'));
}

/** Begins a run, for sections that are told one after another; everything it starts is stopped with the test. */
export async function startTutorial(t: TestContext, options: RunOptions) {
  const places = await preparePlaces(t);
  const terminals = new Map<string, Terminal>();
  const shell = await startShell(t, places);
  /** Accounts that were made: by their addresses in the document those of this run. A reader copies what is shown. */
  const made = new Map<string, string>();
  const here = (text: string) =>
    [...made].reduce((copied, [shown, actual]) => copied.replaceAll(shown, actual), places.here(text));

  const compare = (shown: Output, actual: string, isSame: boolean) => {
    const text = places.there(actual).replace(/^\n+|\s+$/g, '');
    const addresses = madeAddresses(text);
    madeAddresses(shown.text).forEach((address, i) => made.set(address, addresses[i] ?? address));
    if (options.onOutput !== undefined && !hasGaps(shown.text)) options.onOutput(shown, text);
    else if (!isSame) assert.fail(difference(shown, text));
  };

  const run = async (commands: Commands) => {
    if (commands.notRun !== undefined) {
      await options.instead?.(commands, join(places.folder, 'home'));
      return;
    }
    if (commands.terminal !== undefined) {
      await terminals.get(commands.terminal)?.running.stop();
      const terminal = await startTerminal(t, places, commands.text);
      terminals.set(commands.terminal, terminal);
      if (commands.output !== undefined) await seeIn(terminal, commands.output);
      return;
    }
    const { output } = commands;
    let last: Ran = { status: 0, output: '' };
    const once = async () => {
      last = await shell(here(commands.text));
      const isRight = last.status === commands.status;
      return isRight && (output === undefined || isAsShown(output.text, places.there(last.output)));
    };
    let isSame = await once();
    if (!isSame && commands.again) {
      // What is to be written cannot be waited for.
      const timeoutMs = options.onOutput === undefined ? patienceMs : 20_000;
      const what = { what: `line ${commands.line}`, ...waiting(t), timeoutMs, everyMs: 500 };
      isSame = await waitFor(once, what).catch(() => false);
    }
    assert.equal(last.status, commands.status, `docs/tutorial.md, line ${commands.line}:\n${last.output}`);
    if (output !== undefined) compare(output, last.output, isSame);
  };

  /** A terminal shows more, before and after. */
  const seeIn = async (terminal: Terminal, output: Output) => {
    const unread = () => places.there(terminal.lines.slice(terminal.read).join('\n'));
    const isThere = () => isAsShown(output.text, unread(), 'within');
    const what = { what: `line ${output.line}`, ...waiting(t), everyMs: 100 };
    await waitFor(() => isThere() || terminal.ended(), what).catch(() => undefined);
    if (!isThere()) assert.fail(difference(output, unread()));
    terminal.read = terminal.lines.length;
  };

  const look = async ({ terminal: name, interrupted, output, line }: Screen) => {
    const terminal = terminals.get(name);
    if (terminal === undefined) throw new Error(`docs/tutorial.md, line ${line}: no terminal ${name} was opened.`);
    if (interrupted) {
      terminal.read = terminal.lines.length;
      await terminal.running.stop();
    }
    await seeIn(terminal, output);
  };

  return {
    /** Does everything of a section, in order. */
    tell: async ({ parts }: Section) => {
      for (const part of parts) {
        if (part.kind === 'commands') await run(part);
        else if (part.kind === 'screen') await look(part);
        else if (options.step !== undefined) await options.step(part, places.here);
      }
    },
    /** The last lines of all terminals. */
    log: () => [...terminals].map(([name, { lines }]) => `--- ${name} ---\n${lines.slice(-15).join('\n')}`).join('\n'),
  };
}

const waiting = ({ signal }: TestContext) => ({ timeoutMs: patienceMs, signal });

function difference(shown: Output, actual: string): string {
  return (
    `docs/tutorial.md, line ${shown.line}, shows\n\n${shown.text}\n\nand a run gave\n\n${actual}\n\n` +
    'If that is right, AIRO_TUTORIAL=write node --test test/integration/tutorial.test.ts writes it.'
  );
}

interface Terminal {
  readonly running: Running;
  readonly lines: string[];
  ended(): boolean;
  /** How many of the lines were looked at. */
  read: number;
}

async function startTerminal(t: TestContext, { env, here }: Places, text: string): Promise<Terminal> {
  const lines: string[] = [];
  const running = await start('sh', ['-c', here(text)], { cwd: root, env, onLine: (line) => lines.push(line) });
  afterwards(t, () => running.stop());
  let ended: Ended | undefined;
  void running.ended.then((how) => (ended = how));
  return { running, lines, ended: () => ended !== undefined, read: 0 };
}

interface Ran {
  readonly status: number;
  readonly output: string;
}

const mark = 'end of the block:';

/** One shell for all blocks, so that what one of them sets is there in the next. It takes each block from a file. */
async function startShell(t: TestContext, { folder, env }: Places): Promise<(text: string) => Promise<Ran>> {
  const inbox = join(folder, 'shell');
  await mkdir(inbox);
  const loop = `exec 2>&1
while :; do
  until [ -e "$0/next" ]; do kill -0 $PPID || exit; sleep 0.05; done
  mv "$0/next" "$0/block"
  . "$0/block" </dev/null
  printf '\\n${mark} %s\\n' "$?"
done`;
  const lines: string[] = [];
  const shell = await start('sh', ['-c', loop, inbox], { cwd: root, env, onLine: (line) => lines.push(line) });
  afterwards(t, () => shell.kill());
  let ended: Ended | undefined;
  void shell.ended.then((how) => (ended = how));
  return async (text) => {
    lines.length = 0;
    await writeFile(join(inbox, 'writing'), `${text}\n`);
    await rename(join(inbox, 'writing'), join(inbox, 'next'));
    const status = await waitFor(
      () => {
        if (ended !== undefined) throw new Error(`The shell has ended:\n${text}\n${lines.join('\n')}`);
        const last = lines.at(-1);
        return last?.startsWith(mark) === true ? { code: Number(last.slice(mark.length)) } : undefined;
      },
      { what: `the end of\n${text}`, ...waiting(t) },
    );
    return { status: status.code, output: lines.slice(0, -1).join('\n') };
  };
}
