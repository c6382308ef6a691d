import fs from 'node:fs/promises';
import path from 'node:path';
import { plainText, thrownMessage } from '../core/base/text.ts';
import { convertWorkflows, type Conversion } from '../core/convertWorkflows.ts';
import { formatDiagnostic, type Diagnostic } from '../core/domain/diagnostic.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { CommandFailure, type Session } from './session.ts';
import type { Terminal } from './terminal.ts';

interface ConvertOptions {
  readonly workflow?: string;
  readonly out?: string;
  readonly force?: true;
}

/** Writes workflows of other tools as Sluice's own: to the terminal, a file, or a folder where there are several. */
export async function convert(
  { sluice, terminal }: Session,
  [nameOrFile = '']: readonly string[],
  { workflow, out, force }: ConvertOptions,
): Promise<ExitCode> {
  const converted = await convertWorkflows(
    sluice.folder,
    { nameOrFile, workflow },
    sluice.definitions,
    new AbortController().signal,
  );
  if (!converted.ok) {
    tell(terminal, converted.error.diagnostics);
    throw new CommandFailure(converted.error.message);
  }
  const { workflows, agents } = converted.value;
  tell(
    terminal,
    workflows.flatMap(({ diagnostics }) => diagnostics),
  );
  if (out === undefined) {
    const texts = [...workflows.map(({ text }) => text), ...(agents === undefined ? [] : [agents])];
    terminal.out(texts.join('---\n'));
    return EXIT.succeeded;
  }
  const files = await placesOf(converted.value, path.resolve(sluice.folder, out));
  const mayReplace = (file: string) => force === true && file !== files.agents;
  const taken = await takenOf([...files.texts.keys()].filter((file) => !mayReplace(file)));
  if (taken.length > 0) {
    const inWay = taken.join(', ');
    throw new CommandFailure(
      taken.includes(files.agents ?? '')
        ? `${inWay} is there already and is not written over: move it away, or name one workflow with --workflow.`
        : `${inWay} is there already: give another name with --out, or write over it with --force.`,
    );
  }
  if (agents !== undefined && files.agents === undefined) {
    terminal.err(
      `What it says of agents is not in ${out}: give a folder with --out for that, or no --out.\n`,
    );
  }
  for (const [file, text] of files.texts) {
    await write(file, text, mayReplace(file));
    terminal.out(`${path.relative(sluice.folder, file)}\n`);
  }
  return EXIT.succeeded;
}

/** Where what was converted is to stand: absolute files and their texts. */
async function placesOf(
  { workflows, agents }: Conversion,
  out: string,
): Promise<{ readonly texts: ReadonlyMap<string, string>; readonly agents: string | undefined }> {
  const [first] = workflows;
  const isFolder =
    workflows.length > 1 || (await fs.stat(out).catch(() => undefined))?.isDirectory() === true;
  const texts = new Map<string, string>();
  if (!isFolder && first !== undefined) {
    texts.set(out, first.text);
  } else {
    workflows.forEach(({ fileName, text }) => texts.set(path.join(out, fileName), text));
  }
  if (agents === undefined || !isFolder) {
    return { texts, agents: undefined };
  }
  // `.sluice/workflows` is told of workflows alone; what is said of agents stands beside it.
  const file = path.join(path.dirname(out), 'agents.yaml');
  return { texts: texts.set(file, agents), agents: file };
}

async function takenOf(files: readonly string[]): Promise<string[]> {
  const taken: string[] = [];
  for (const file of files) {
    if ((await fs.lstat(file).catch(() => undefined)) !== undefined) {
      taken.push(file);
    }
  }
  return taken;
}

async function write(file: string, text: string, mayReplace: boolean): Promise<void> {
  try {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, text, { flag: mayReplace ? 'w' : 'wx' });
  } catch (thrown) {
    throw new CommandFailure(`${file} cannot be written: ${thrownMessage(thrown)}`, EXIT.failed);
  }
}

function tell(terminal: Terminal, diagnostics: readonly Diagnostic[]): void {
  terminal.err(diagnostics.map((problem) => `${plainText(formatDiagnostic(problem))}\n`).join(''));
}
