import { digestOf } from '../../../src/core/base/digest.ts';
import {
  indexAgents,
  indexWorkflows,
  type AgentEntry,
} from '../../../src/core/definitions/entries.ts';
import { SourceText } from '../../../src/core/definitions/source/sourceText.ts';
import { Language } from '../../../src/core/language/language.ts';
import type { Completion } from '../../../src/core/language/completion.ts';
import type { Definitions } from '../../../src/core/language/judgeText.ts';
import type { Position, Range } from '../../../src/core/domain/diagnostic.ts';
import { lines, readWorkflowText, sourceOf, validAgent } from '../definitions/marked.ts';

// Texts with a caret in them, written as `¦`: YAML has its own use for `|`.

export const WORKFLOW = '.sluice/workflows/work.yaml';

export interface Typed {
  readonly text: string;
  readonly position: Position;
}

export function typed(marked: string): Typed {
  const offset = marked.indexOf('¦');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const above = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { text, position: { line: above.length, column: (above.at(-1) ?? '').length + 1 } };
}

/** A folder with agents `lint` and `test` and the workflow `other`. */
export function definitions(
  agents: readonly AgentEntry[] = [described('lint', 'Finds slips.'), validAgent('test')],
): Definitions {
  const other = sourceOf(
    '.sluice/workflows/other.yaml',
    'name: other\ndescription: Another one.\ninputs:\n  team: { description: Who, default: us }\n  size:\nsteps:\n  only: { agent: test }\n',
  );
  return { agents, workflows: [readWorkflowText(other, indexAgents(agents))] };
}

export function described(name: string, description: string): AgentEntry {
  const entry = validAgent(name);
  return entry.kind === 'valid' ? { ...entry, agent: { ...entry.agent, description } } : entry;
}

export function languageOf(known: Definitions = definitions()): Language {
  return new Language('/nowhere', () => known, new AbortController().signal);
}

export function complete(
  marked: string,
  file = WORKFLOW,
  language = languageOf(),
): readonly Completion[] {
  const { text, position } = typed(marked);
  return language.completionsAt(file, text, position);
}

export function labels(marked: string, file = WORKFLOW): string[] {
  return complete(marked, file).map(({ label }) => label);
}

/** The text once a completion is taken. */
export function taken(marked: string, label: string, file = WORKFLOW): string {
  const { text } = typed(marked);
  const completion = complete(marked, file).find((one) => one.label === label);
  if (completion === undefined) {
    return `nothing is called ${label}: ${labels(marked, file).join(', ')}`;
  }
  const { range, insertText } = completion;
  const source = new SourceText(file, text, digestOf(''));
  return (
    text.slice(0, source.offsetAt(range.start)) +
    insertText +
    text.slice(source.offsetAt(range.end))
  );
}

export function textIn(text: string, { start, end }: Range): string {
  const source = new SourceText('', text, digestOf(''));
  return text.slice(source.offsetAt(start), source.offsetAt(end));
}

export { indexWorkflows, lines };
