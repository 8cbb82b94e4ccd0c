/** The commands that documents show: taken out of a shell's lines, without running them. */

/** A command as a shell would understand it. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** The line in the block, from 0 on. */
  readonly line: number;
}

/**
 * The commands of a block of shell: lines that end in a backslash are joined, remarks and redirections left out, and what
 * is joined by `|`, `&&`, `||` or `;` comes one by one. Variables stay as they are written.
 *
 * @throws when a quote is not closed
 */
export function commandsOf(text: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let word: string | undefined;
  let line = 0;
  let begun = 0;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = () => {
    endWord();
    const kept = withoutRedirections(words);
    if (kept.length > 0) commands.push({ words: kept, line: begun });
    words = [];
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (words.length === 0 && word === undefined) begun = line;
    if (character === '\n') {
      endCommand();
      line += 1;
    } else if (character === '\\') {
      const next = text[++i];
      if (next === '\n') line += 1;
      else word = `${word ?? ''}${next ?? ''}`;
    } else if (character === "'" || character === '"') {
      const end = closing(text, i);
      const inside = text.slice(i + 1, end);
      word = `${word ?? ''}${inside}`;
      line += inside.split('\n').length - 1;
      i = end;
    } else if (character === '$' && text[i + 1] === '(') {
      const end = text.indexOf(')', i);
      if (end < 0) throw new Error(`"$(" is not closed: ${text.slice(i, i + 40)}`);
      word = `${word ?? ''}${text.slice(i, end + 1)}`;
      i = end;
    } else if (character === '#' && word === undefined) {
      while (i + 1 < text.length && text[i + 1] !== '\n') i++;
    } else if (/[|&;]/.test(character) && word?.endsWith('>') !== true) {
      endCommand();
    } else if (/\s/.test(character)) {
      endWord();
    } else word = `${word ?? ''}${character}`;
  }
  endCommand();
  return commands.map(({ words: all, line: at }) => ({ words: withoutVariables(all), line: at }));
}

/** @throws when there is none */
function closing(text: string, start: number): number {
  const quote = text[start] ?? '';
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\' && quote === '"') i += 1;
    else if (text[i] === quote) return i;
  }
  throw new Error(`A quote is not closed: ${text.slice(start, start + 40)}`);
}

/** `> file`, `2> file` and `< file` are the shell's. */
function withoutRedirections(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (/^\d?(>>?|<)$/.test(word)) i += 1;
    else if (!/^\d?(>>?|<)./.test(word)) kept.push(word);
  }
  return kept;
}

/** `NAME=value` before a command sets a variable for it. */
function withoutVariables(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  return first < 0 ? [] : words.slice(first);
}
