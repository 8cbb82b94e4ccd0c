/** Dockerfiles, read as far as it takes to judge them. */

export interface Instruction {
  /** In capitals: `FROM`. */
  readonly keyword: string;
  /** What is behind it, with continued lines put together. */
  readonly rest: string;
  /** Where it begins, from 1 on. */
  readonly line: number;
}

export interface Stage {
  /** Its name, or its number as text. */
  readonly name: string;
  /** The image that it begins with, with the defaults of arguments filled in; or another stage's name. */
  readonly base: string;
  readonly line: number;
  readonly instructions: readonly Instruction[];
}

/** The instructions of a file, without comments. */
export function readInstructions(text: string): readonly Instruction[] {
  const instructions: Instruction[] = [];
  let begun: { readonly line: number; text: string } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    begun ??= { line: index + 1, text: '' };
    begun.text += ` ${content.replace(/\\$/, '').trim()}`;
    if (content.endsWith('\\')) continue;
    const [, keyword = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(begun.text.trim()) ?? [];
    instructions.push({ keyword: keyword.toUpperCase(), rest, line: begun.line });
    begun = undefined;
  }
  return instructions;
}

/** The stages of a file, in their order. */
export function readStages(text: string): readonly Stage[] {
  const defaults = new Map<string, string>();
  const stages: { name: string; base: string; line: number; instructions: Instruction[] }[] = [];
  for (const instruction of readInstructions(text)) {
    const { keyword, rest, line } = instruction;
    if (keyword === 'FROM') {
      const [, image = '', name] = /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?$/i.exec(rest) ?? [];
      const base = image.replace(/\$\{?(\w+)\}?/g, (_, variable: string) => defaults.get(variable) ?? '');
      stages.push({ name: name ?? String(stages.length), base, line, instructions: [] });
    } else if (stages.length === 0) {
      const [, variable = '', value = ''] = /^(\w+)=?(.*)$/.exec(rest) ?? [];
      if (keyword === 'ARG') defaults.set(variable, value);
    } else {
      stages.at(-1)?.instructions.push(instruction);
    }
  }
  return stages;
}

/** The stages that no other one is made from, which are what is built for others to run. */
export function targets(stages: readonly Stage[]): readonly Stage[] {
  const used = new Set(stages.map(({ base }) => base));
  for (const { rest } of stages.flatMap(({ instructions }) => instructions)) {
    const from = /--from=(\S+)/.exec(rest)?.[1];
    if (from !== undefined) used.add(from);
  }
  return stages.filter(({ name }) => !used.has(name));
}

/** Everything that is said of a stage, what it takes over from its base first. */
export function inherited(stages: readonly Stage[], stage: Stage): readonly Instruction[] {
  const base = stages.find(({ name }) => name === stage.base);
  return [...(base === undefined ? [] : inherited(stages, base)), ...stage.instructions];
}
