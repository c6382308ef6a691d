import { oneLine } from '../base/text.ts';
import type { MatrixValuesDraft } from '../definitions/workflows/workflowDraft.ts';
import type { Position, Range } from '../domain/diagnostic.ts';
import type { InputSpec } from '../domain/workflow.ts';
import type { Known } from './known.ts';
import type { Mention, Subject } from './mentions.ts';
import { agentSummary, stepSummary, workflowSummary } from './nameOffers.ts';
import { keyAt, mentionAt } from './places.ts';
import type { Reading } from './reading.ts';
import { schemaOf } from './schemas.ts';

/** What is told of a place in a definition file, as plain text. */
export interface Hover {
  readonly range: Range;
  /** One line. */
  readonly title: string;
  /** Lines; may be empty. */
  readonly text: string;
}

export function hoverAt(
  reading: Reading,
  mentions: readonly Mention[],
  position: Position,
  known: Known,
): Hover | undefined {
  const mention = mentionAt(mentions, position);
  const told = mention && tell(mention, reading, known);
  if (told !== undefined) {
    return told;
  }
  const { document, kind, source } = reading;
  const key = document && keyAt(document, source.offsetAt(position));
  const description = key && schemaOf(kind)?.description(key.path);
  return key === undefined || description === undefined || description === ''
    ? undefined
    : { range: key.range, title: String(key.path.at(-1)), text: description };
}

function tell(mention: Mention, reading: Reading, known: Known): Hover | undefined {
  const { subject, whole: range, asks } = mention;
  const hover = (title: string, text: string): Hover => ({ range, title, text });
  switch (subject.kind) {
    case 'agent': {
      const entry = known.agents.named(subject.name);
      return entry && hover(`Agent ${entry.name}`, agentSummary(entry));
    }
    case 'workflow':
    case 'workflow-file': {
      const entry =
        subject.kind === 'workflow'
          ? known.workflows.named(subject.name)
          : known.workflows.inFile(subject.file);
      return entry && hover(`Workflow ${entry.name}`, workflowSummary(entry));
    }
    case 'step': {
      const step = reading.workflow?.draft.steps.find(({ id }) => id === subject.name);
      const asked = ASKED[asks ?? ''];
      return (
        step &&
        hover(
          `Step ${step.id}`,
          [...(asked === undefined ? [] : [asked, '']), stepSummary(step)].join('\n'),
        )
      );
    }
    case 'input': {
      const input = inputOf(subject, reading, known);
      return input && hover(`Input ${subject.name}`, describeInput(input));
    }
    case 'matrix': {
      const step = reading.workflow?.draft.steps.find(({ id }) => id === subject.step);
      const values = step?.matrix === 'unread' ? undefined : step?.matrix?.get(subject.name);
      return values && hover(`Matrix ${subject.name} of ${subject.step}`, describeValues(values));
    }
    case 'product': {
      const makers = (reading.workflow?.draft.steps ?? [])
        .filter(
          (step) =>
            step.kind === 'agent' && step.produces.some(({ file }) => file.text === subject.name),
        )
        .map(({ id }) => id);
      return makers.length === 0
        ? undefined
        : hover(`File ${oneLine(subject.name)}`, `Made by ${makers.join(', ')}`);
    }
    case 'run':
      return hover('The run', "The run's id.");
  }
}

const ASKED: Readonly<Record<string, string>> = {
  output: 'What it printed, without its last line end; of several tasks one after another.',
  status: 'How it ended: succeeded, failed, skipped or cancelled; of several tasks the worst.',
};

function inputOf(
  { file, name }: Extract<Subject, { kind: 'input' }>,
  { source, workflow }: Reading,
  { workflows }: Known,
): InputSpec | undefined {
  if (file === source.file) {
    return workflow?.draft.inputs.get(name);
  }
  const entry = workflows.inFile(file);
  return entry?.kind === 'valid' && Object.hasOwn(entry.workflow.inputs, name)
    ? entry.workflow.inputs[name]
    : undefined;
}

function describeInput({ description, default: value, options }: InputSpec): string {
  return [
    description,
    options.length === 0 ? undefined : `One of ${options.join(', ')}`,
    value === undefined ? 'Must be given when the run starts' : `Default: ${oneLine(value)}`,
  ]
    .filter((line) => line !== undefined && line !== '')
    .join('\n');
}

function describeValues(values: MatrixValuesDraft): string {
  if ('files' in values) {
    return `Files: ${values.files.map(({ text }) => text).join(', ')}`;
  }
  return 'text' in values
    ? `From ${oneLine(values.text)}`
    : oneLine(values.map(({ text }) => text).join(', '));
}
