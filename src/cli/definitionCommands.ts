import { oneLine, plainText } from '../core/base/text.ts';
import { formatDiagnostic, hasErrors, type Diagnostic } from '../core/domain/diagnostic.ts';
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
      const { file, name, kind, diagnostics } = entry;
      const facts =
        entry.kind === 'valid' ? { ...entry.agent, shadowedBy: entry.shadowedBy } : { name, file };
      terminal.out(`${JSON.stringify({ ...facts, valid: kind === 'valid', diagnostics })}\n`);
    }
    return Promise.resolve(EXIT.succeeded);
  }
  if (entries.length === 0) {
    terminal.out(
      'No agents here. An agent is a file in .sluice/agents, .github/agents or .claude/agents.\n',
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
              entry.shadowedBy === undefined
                ? entry.file
                : `${entry.file} (hidden by ${entry.shadowedBy})`,
              oneLine(entry.agent.description, 80),
            ]
          : [entry.name, 'invalid', '', entry.file, firstError(entry.diagnostics)],
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
      const { file, name, kind, diagnostics } = entry;
      const facts = entry.kind === 'valid' ? entry.workflow : { name, file };
      terminal.out(`${JSON.stringify({ ...facts, valid: kind === 'valid', diagnostics })}\n`);
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
              entry.file,
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
      ? [...sluice.definitions.diagnostics]
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
