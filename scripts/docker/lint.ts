/** What a Dockerfile must be like here. It says less than hadolint does, and only what matters to these images. */
import { inherited, readStages, targets, type Instruction, type Stage } from './dockerfile.ts';

/** What is wrong with a file: `12: it says ...`. */
export function lintDockerfile(text: string): readonly string[] {
  const stages = readStages(text);
  const findings = [
    ...stages.flatMap((stage) => checkBase(stages, stage)),
    ...stages.flatMap(({ instructions }) => instructions.flatMap(checkInstruction)),
    ...targets(stages).flatMap((stage) => checkTarget(stage, inherited(stages, stage))),
  ];
  return findings.map(({ line, message }) => `${line}: ${message}`);
}

interface Finding {
  readonly line: number;
  readonly message: string;
}

function checkBase(stages: readonly Stage[], { base, line }: Stage): readonly Finding[] {
  if (stages.some(({ name }) => name === base) || isPinned(base)) return [];
  return [{ line, message: `the base "${base}" has neither a tag other than latest nor a digest` }];
}

/** Whether a name of an image says which version is meant. */
export function isPinned(image: string): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return true;
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  return tag !== undefined && tag !== 'latest';
}

function checkInstruction({ keyword, rest, line }: Instruction): readonly Finding[] {
  const messages: string[] = [];
  if (keyword === 'ADD') messages.push('ADD unpacks and downloads; COPY does what it says');
  if (keyword === 'WORKDIR' && !/^[/$]/.test(rest)) messages.push('WORKDIR must be absolute');
  if (keyword === 'RUN' && /\bnpm (i|install)\b/.test(rest)) {
    messages.push('npm install takes what versions there are; npm ci takes those of the lock file');
  }
  if (keyword === 'RUN' && /\bapt-get install\b/.test(rest)) {
    if (!rest.includes('--no-install-recommends')) messages.push('apt-get install needs --no-install-recommends');
    if (!rest.includes('rm -rf /var/lib/apt/lists')) messages.push('the lists of apt stay in the image');
  }
  if ((keyword === 'ENV' || keyword === 'ARG') && /(SECRET|TOKEN|PASSWORD)\w*=\S/.test(rest)) {
    messages.push('a secret in an image is none: everybody who has it can read it');
  }
  return messages.map((message) => ({ line, message }));
}

function checkTarget({ name, line }: Stage, instructions: readonly Instruction[]): readonly Finding[] {
  const last = (keyword: string) => instructions.findLast((instruction) => instruction.keyword === keyword);
  const findings: Finding[] = [];
  const user = last('USER');
  if (user === undefined || /^(root|0)(:|$)/.test(user.rest)) {
    findings.push({ line: user?.line ?? line, message: `"${name}" runs as root` });
  }
  if (last('HEALTHCHECK') === undefined) findings.push({ line, message: `"${name}" has no HEALTHCHECK` });
  const entry = last('ENTRYPOINT');
  if (entry === undefined) findings.push({ line, message: `"${name}" has no ENTRYPOINT` });
  for (const instruction of [entry, last('CMD'), last('HEALTHCHECK')]) {
    if (instruction === undefined) continue;
    const command = instruction.keyword === 'HEALTHCHECK' ? commandOfHealth(instruction.rest) : instruction.rest;
    if (command === undefined) continue;
    const words = execForm(command);
    if (words === undefined) {
      const message = `${instruction.keyword} of "${name}" needs the exec form, or a shell gets the signals`;
      findings.push({ line: instruction.line, message });
    } else if (/^(npm|npx|yarn)$/.test(words[0] ?? '')) {
      findings.push({ line: instruction.line, message: `${instruction.keyword} of "${name}" goes through npm` });
    }
  }
  return findings;
}

function commandOfHealth(rest: string): string | undefined {
  return rest === 'NONE' ? undefined : (/(?:^|\s)CMD\s+(.*)$/.exec(rest)?.[1] ?? rest);
}

function execForm(command: string): readonly string[] | undefined {
  try {
    const words: unknown = JSON.parse(command);
    return Array.isArray(words) ? words.map(String) : undefined;
  } catch {
    return undefined;
  }
}
