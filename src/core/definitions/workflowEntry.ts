import path from 'node:path/posix';
import { hasErrors, type Diagnostic } from '../domain/diagnostic.ts';
import { analyze, type Surroundings } from './analysis.ts';
import type { InvalidWorkflowEntry, WorkflowEntry } from './entries.ts';
import { inReadingOrder } from './problem.ts';
import { readWorkflow } from './readWorkflow.ts';
import { DocumentReader } from './shape.ts';
import type { SourceText } from './sourceText.ts';
import { toWorkflow } from './toWorkflow.ts';
import type { WorkflowDraft } from './workflowDraft.ts';
import { WorkflowSource } from './workflowSource.ts';
import { parseYaml } from './yamlSource.ts';

/** A workflow's file as far as it can be read by itself, before it is known what stands around it. */
export interface ParsedWorkflow {
  readonly kind: 'parsed';
  readonly file: string;
  readonly name: string;
  readonly source: WorkflowSource;
  readonly draft: WorkflowDraft;
  /** Of its shape. */
  readonly diagnostics: readonly Diagnostic[];
}

/** An entry at once where the file is no YAML. */
export function parseWorkflow(source: SourceText): ParsedWorkflow | InvalidWorkflowEntry {
  const { document, diagnostics } = parseYaml(source);
  if (document === undefined) {
    return unreadWorkflow(source.file, diagnostics);
  }
  const reader = new DocumentReader(document, diagnostics);
  const draft = readWorkflow(reader, workflowNameByFile(source.file));
  return {
    kind: 'parsed',
    file: source.file,
    name: draft.name,
    source: new WorkflowSource(document, draft),
    draft,
    diagnostics: reader.diagnostics,
  };
}

/** Everything that can be told of a workflow's file: pure, so that it can be asked again and again. */
export function judgeWorkflow(
  { file, name, source, draft, diagnostics }: ParsedWorkflow,
  surroundings: Surroundings,
): WorkflowEntry {
  const reader = new DocumentReader(source.document, diagnostics);
  analyze(draft, surroundings, reader);
  const entry = { file, name, source, diagnostics: inReadingOrder(reader.diagnostics) };
  return hasErrors(entry.diagnostics)
    ? { ...entry, kind: 'invalid' }
    : {
        ...entry,
        kind: 'valid',
        workflow: toWorkflow(draft, source.document, surroundings.schemas),
      };
}

/** The entry of a file of which nothing is known but its name. */
export function unreadWorkflow(
  file: string,
  diagnostics: readonly Diagnostic[],
): InvalidWorkflowEntry {
  return {
    kind: 'invalid',
    file,
    name: workflowNameByFile(file),
    source: undefined,
    diagnostics: inReadingOrder(diagnostics),
  };
}

function workflowNameByFile(file: string): string {
  const name = path.basename(file.replaceAll('\\', '/'));
  return name.replace(/\.[^.]*$/, '') || name;
}
