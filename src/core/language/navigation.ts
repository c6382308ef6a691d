import { FILE_START, type Location, type Position, type Range } from '../domain/diagnostic.ts';
import type { Known } from './known.ts';
import { agentSubject, workflowSubject, type Mention, type Subject } from './mentions.ts';
import { mentionAt } from './places.ts';
import { yamlPart, type Reading } from './reading.ts';

/** Where a name leads. */
export interface Definition {
  /** The name that was asked about. */
  readonly origin: Range;
  readonly targets: readonly Location[];
}

export function definitionAt(
  reading: Reading,
  mentions: readonly Mention[],
  position: Position,
  known: Known,
): Definition | undefined {
  const mention = mentionAt(mentions, position);
  if (mention === undefined) {
    return undefined;
  }
  const targets = targetsOf(mention.subject, reading, mentions, known);
  return targets.length === 0 ? undefined : { origin: mention.whole, targets };
}

function targetsOf(
  subject: Subject,
  { source }: Reading,
  mentions: readonly Mention[],
  { agents, workflows }: Known,
): Location[] {
  switch (subject.kind) {
    case 'agent': {
      const entry = agents.named(subject.name);
      return entry === undefined ? [] : [entry.place];
    }
    case 'workflow':
    case 'workflow-file': {
      const entry =
        subject.kind === 'workflow'
          ? workflows.named(subject.name)
          : workflows.inFile(subject.file);
      return entry === undefined
        ? []
        : [{ file: entry.file, range: entry.source?.nameRange ?? FILE_START }];
    }
    case 'input':
      if (subject.file !== source.file) {
        const entry = workflows.inFile(subject.file);
        const document = entry?.source?.document;
        return document?.nodeAt(['inputs', subject.name]) === undefined
          ? []
          : [{ file: subject.file, range: document.rangeOf(['inputs', subject.name], 'key') }];
      }
      return declarationsOf(subject, source.file, mentions);
    case 'step':
    case 'matrix':
    case 'product':
      return declarationsOf(subject, source.file, mentions);
    case 'run':
      return [];
  }
}

function declarationsOf({ key }: Subject, file: string, mentions: readonly Mention[]): Location[] {
  return mentions
    .filter(({ subject, role }) => role === 'declaration' && subject.key === key)
    .map(({ range }) => ({ file, range }));
}

/**
 * What references are looked for at a position: the name there, or the agent or workflow that the file
 * defines. A workflow that is named by its file is the same as by its name.
 */
export function subjectAt(
  reading: Reading,
  mentions: readonly Mention[],
  position: Position,
  known: Known,
): Subject | undefined {
  const { kind, source, workflow } = reading;
  const mention = mentionAt(mentions, position);
  if (mention?.subject.kind === 'workflow-file') {
    const entry = known.workflows.inFile(mention.subject.file);
    return entry === undefined ? mention.subject : workflowSubject(entry.name);
  }
  if (mention !== undefined) {
    return mention.subject;
  }
  const part = yamlPart(source);
  const offset = source.offsetAt(position);
  const isInHead = offset <= (part?.until ?? 0);
  if (kind.kind === 'agent' && isInHead) {
    const name = known.agents.names.find((one) => known.agents.named(one)?.file === source.file);
    return name === undefined ? undefined : agentSubject(name);
  }
  return kind.kind === 'workflow' && workflow !== undefined && position.line === 1
    ? workflowSubject(workflow.draft.name)
    : undefined;
}

/** Places of one file where the subject stands. */
export function placesOf(
  subject: Subject,
  file: string,
  mentions: readonly Mention[],
  known: Known,
): (Location & { readonly role: Mention['role'] })[] {
  return mentions
    .filter((mention) => sameSubject(mention.subject, subject, known))
    .map(({ range, role }) => ({ file, range, role }));
}

function sameSubject(one: Subject, other: Subject, { workflows }: Known): boolean {
  return (
    one.key === other.key ||
    (one.kind === 'workflow-file' &&
      other.kind === 'workflow' &&
      workflows.inFile(one.file)?.name === other.name)
  );
}

/** Whether the subject can stand in other files than its own. */
export function isShared({ kind }: Subject): boolean {
  return kind !== 'step' && kind !== 'matrix' && kind !== 'product' && kind !== 'run';
}
