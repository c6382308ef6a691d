import { nodeDisk } from '../core/base/disk.ts';
import { count, oneLine, plainText } from '../core/base/text.ts';
import { formatDiagnostic, hasErrors } from '../core/domain/diagnostic.ts';
import { AGENT_TEMPLATES } from '../core/starters/agentTemplates.ts';
import { layInto, planLaying, type StarterFile } from '../core/starters/layInto.ts';
import type { NewFile } from '../core/starters/newFile.ts';
import { findPack, installLine, missingPackages, readPacks } from '../core/starters/packs.ts';
import { nameFault } from '../core/starters/starterName.ts';
import { appeared, unknownTemplate, wouldReplace } from '../core/starters/starterProblems.ts';
import { usualAgents } from '../core/starters/usualAgents.ts';
import { WORKFLOW_TEMPLATES } from '../core/starters/workflowTemplates.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { CommandFailure, type Session } from './session.ts';
import { paint, table } from './terminal.ts';

interface JsonOption {
  readonly json?: true;
}

/** The packs that come with Sluice. */
export async function packs(
  { packs: folder, terminal }: Session,
  _args: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const found = valueOf(await readPacks(folder), EXIT.failed);
  if (options.json) {
    for (const { files, ...facts } of found) {
      terminal.out(`${JSON.stringify({ ...facts, files: files.map(({ path }) => path) })}\n`);
    }
    return EXIT.succeeded;
  }
  terminal.out(
    table(
      found.map(({ name, files, description }) => [
        name,
        count(files.length, 'file'),
        oneLine(description, 160),
      ]),
    ),
  );
  return EXIT.succeeded;
}

/** Copies a pack into the folder: all of it or, without leave to skip files that differ, nothing. */
export async function add(
  session: Session,
  [name = '']: readonly string[],
  options: JsonOption & { readonly skipExisting?: true },
): Promise<ExitCode> {
  const { sluice, terminal } = session;
  const pack = valueOf(await findPack(session.packs, name));
  const plan = valueOf(await planLaying(sluice.folder, pack.files), EXIT.failed);
  if (plan.different.length > 0 && options.skipExisting !== true) {
    const hint = 'With --skip-existing the other files are added and these are left as they are.';
    throw new CommandFailure(`${wouldReplace(plan.different)} ${hint}`);
  }
  valueOf(await layInto(nodeDisk, plan), EXIT.failed);
  const missing = await missingPackages(sluice.folder, pack);
  const added = plan.fresh.map(({ path }) => path);
  if (options.json) {
    const { workflow, opens, notes, next } = pack;
    const { same, different } = plan;
    terminal.out(
      `${JSON.stringify({ pack: name, workflow, opens, added, same, different, missing, notes, next })}\n`,
    );
    return EXIT.succeeded;
  }
  terminal.out(added.map((file) => `${paint(terminal, 'green', '+')} ${file}\n`).join(''));
  terminal.out(plan.different.map((file) => `  ${file} is yours and stays\n`).join(''));
  terminal.out(
    `${paint(terminal, 'green', '✓')} ${pack.title}: ${count(added.length, 'file')} added${plan.same.length === 0 ? '' : `, ${plan.same.length} there already`}\n`,
  );
  const lines = [
    ...(missing.length === 0 ? [] : [`This folder still needs: ${installLine(missing)}`]),
    ...pack.notes,
    ...pack.next,
    `Run it: sluice run ${pack.workflow}`,
  ];
  terminal.out(lines.map((line) => `${line}\n`).join(''));
  return EXIT.succeeded;
}

/** Writes an agent or a workflow to begin with, and says what is wrong with it, if anything is. */
export async function create(
  { sluice, terminal }: Session,
  [kind = '', name = '']: readonly string[],
  options: JsonOption & { readonly template?: string; readonly agent: readonly string[] },
): Promise<ExitCode> {
  const isAgent = kind === 'agent';
  const { agents, workflows } = sluice.definitions;
  const fault = nameFault(isAgent ? 'agent' : 'workflow', name, isAgent ? agents : workflows);
  if (fault !== undefined) {
    throw new CommandFailure(fault);
  }
  if (isAgent && options.agent.length > 0) {
    throw new CommandFailure('--agent is for a new workflow: leave it out.');
  }
  const usable = agents.flatMap((entry) =>
    entry.kind === 'valid' && entry.shadowedBy === undefined ? [entry.agent] : [],
  );
  const chosen = options.agent.length > 0 ? options.agent : usualAgents(usable);
  const file = isAgent
    ? named(AGENT_TEMPLATES, options.template ?? 'command').write(name)
    : named(WORKFLOW_TEMPLATES, options.template ?? 'chain').write(name, chosen);
  await write(sluice.folder, file);
  await sluice.refreshDefinitions();
  const diagnostics = await sluice.diagnosticsOf(file.path);
  if (options.json) {
    const valid = !hasErrors(diagnostics);
    terminal.out(`${JSON.stringify({ kind, name, file: file.path, valid, diagnostics })}\n`);
    return EXIT.succeeded;
  }
  terminal.out(`${paint(terminal, 'green', '+')} ${file.path}\n`);
  for (const diagnostic of diagnostics) {
    terminal.out(`${plainText(formatDiagnostic(diagnostic))}\n`);
  }
  return EXIT.succeeded;
}

async function write(folder: string, { path, text }: NewFile): Promise<void> {
  const files: StarterFile[] = [{ path, bytes: Buffer.from(text) }];
  const plan = valueOf(await planLaying(folder, files), EXIT.failed);
  if (plan.fresh.length === 0) {
    throw new CommandFailure(appeared(path));
  }
  valueOf(await layInto(nodeDisk, plan), EXIT.failed);
}

function named<T extends { readonly name: string }>(templates: readonly T[], name: string): T {
  const template = templates.find((one) => one.name === name);
  if (template === undefined) {
    const known = templates.map((one) => one.name);
    throw new CommandFailure(unknownTemplate(name, known));
  }
  return template;
}

function valueOf<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string },
  exitCode: ExitCode = EXIT.usage,
): T {
  if (!result.ok) {
    throw new CommandFailure(result.error, exitCode);
  }
  return result.value;
}
