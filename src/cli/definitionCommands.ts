import path from 'node:path';
import { oneLine, plainText } from '../core/base/text.ts';
import { formatDiagnostic, hasErrors, type Diagnostic } from '../core/domain/diagnostic.ts';
import { agentFacts } from './agentFacts.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import type { Session } from './session.ts';
import { paint, table } from './terminal.ts';

interface JsonOption {
  readonly json?: true;
}

export function agents(
  { sluice, terminal }: Session,
  _args: readonly string[],
  options: JsonOption & { readonly critical?: number },
): Promise<ExitCode> {
  const least = options.critical ?? 1;
  const entries = sluice.definitions.agents.filter((entry) =>
    entry.kind === 'valid' ? entry.agent.criticality >= least : options.critical === undefined,
  );
  if (options.json) {
    for (const entry of entries) {
      terminal.out(`${JSON.stringify(agentFacts(entry))}\n`);
    }
    return Promise.resolve(EXIT.succeeded);
  }
  if (entries.length === 0) {
    terminal.out(
      'No agents here. An agent is a file in .sluice/agents, .github/agents or .claude/agents, or named in .claude/claude.json.\n',
    );
  }
  terminal.out(
    table(
      entries.map((entry) =>
        entry.kind === 'valid'
          ? [
              entry.name,
              entry.agent.runner.kind,
              String(entry.agent.criticality),
              entry.origin.label,
              entry.shadowedBy === undefined
                ? entry.file
                : `${entry.file} (hidden by ${entry.shadowedBy})`,
              oneLine(entry.agent.description, 80),
            ]
          : [
              entry.name,
              'invalid',
              '',
              entry.origin.label,
              entry.file,
              firstError(entry.diagnostics),
            ],
      ),
    ),
  );
  return Promise.resolve(EXIT.succeeded);
}

export function workflows(
  { sluice, terminal }: Session,
  _args: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const entries = sluice.definitions.workflows;
  if (options.json) {
    for (const entry of entries) {
      const { file, name, format, kind, shadowedBy, diagnostics } = entry;
      const facts = entry.kind === 'valid' ? entry.workflow : { name, file };
      const standing = { format, valid: kind === 'valid', shadowedBy, diagnostics };
      terminal.out(`${JSON.stringify({ ...facts, ...standing })}\n`);
    }
    return Promise.resolve(EXIT.succeeded);
  }
  if (entries.length === 0) {
    terminal.out('No workflows here. A workflow is a file in .sluice/workflows.\n');
  }
  terminal.out(
    table(
      entries.map((entry) =>
        entry.kind === 'valid'
          ? [
              entry.name,
              String(entry.workflow.steps.length),
              entry.shadowedBy === undefined
                ? entry.file
                : `${entry.file} (hidden by ${entry.shadowedBy})`,
              oneLine(entry.workflow.description, 80),
            ]
          : [entry.name, 'invalid', entry.file, firstError(entry.diagnostics)],
      ),
    ),
  );
  return Promise.resolve(EXIT.succeeded);
}

/** Every problem, each at its place. Without files: of the whole folder. */
export async function validate(
  { sluice, terminal }: Session,
  files: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const diagnostics =
    files.length === 0
      ? // What the user has in every folder is nothing a check of this one can fail for.
        sluice.definitions.diagnostics.filter(({ file }) => !path.isAbsolute(file))
      : (await Promise.all(files.map((file) => sluice.diagnosticsOf(file)))).flat();
  for (const diagnostic of diagnostics) {
    terminal.out(
      options.json
        ? `${JSON.stringify(diagnostic)}\n`
        : `${plainText(formatDiagnostic(diagnostic))}\n`,
    );
  }
  const bad = hasErrors(diagnostics);
  if (!options.json && !bad) {
    const checked =
      files.length === 0
        ? `${sluice.definitions.agents.length} agents and ${sluice.definitions.workflows.length} workflows`
        : files.join(', ');
    terminal.out(`${paint(terminal, 'green', '✓')} ${checked}: nothing wrong\n`);
  }
  return bad ? EXIT.usage : EXIT.succeeded;
}

function firstError(diagnostics: readonly Diagnostic[]): string {
  return oneLine(diagnostics.find(({ severity }) => severity === 'error')?.message ?? '', 100);
}
