import type { GraphPageMessage, PlanVerb } from '../../webview/protocol.ts';
import { parsePlanEdit } from './planMessage.ts';

// The page may be anything by the time it speaks: each message is read field by field, and what is not known of it is
// left behind.

/** Characters of a name or a path; those of the page come from pictures that Sluice drew. */
const LONGEST_NAME = 4096;
/** Characters of what a person writes; more is no note. */
export const LONGEST_NOTE = 100_000;
/** Characters of a drawn graph. */
const LONGEST_EXPORT = 100_000_000;

/** What the page sent, or nothing when it is not one of its messages. */
export function parsePageMessage(raw: unknown): GraphPageMessage | undefined {
  if (!isRecord(raw)) {
    return undefined;
  }
  switch (raw['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'open':
    case 'reply':
      return isName(raw['task']) ? { type: raw['type'], task: raw['task'] } : undefined;
    case 'select': {
      const task = raw['task'];
      return task === undefined || isName(task) ? { type: 'select', task } : undefined;
    }
    case 'timeline': {
      const isOpen = raw['isOpen'];
      return typeof isOpen === 'boolean' ? { type: 'timeline', isOpen } : undefined;
    }
    case 'moment': {
      const seq = raw['seq'];
      return seq === undefined || isSeq(seq) ? { type: 'moment', seq } : undefined;
    }
    case 'verb': {
      const { task, verb } = raw;
      return isName(task) && isName(verb) ? { type: 'verb', task, verb } : undefined;
    }
    case 'run-verb':
      return isName(raw['verb']) ? { type: 'run-verb', verb: raw['verb'] } : undefined;
    case 'file': {
      const { task, path, show } = raw;
      return isName(task) && isName(path) && (show === 'file' || show === 'changes')
        ? { type: 'file', task, path, show }
        : undefined;
    }
    case 'answer':
      return parseAnswer(raw);
    case 'plan-edit': {
      const { number } = raw;
      const edit = parsePlanEdit(raw['edit']);
      return isSeq(number) && edit !== undefined ? { type: 'plan-edit', number, edit } : undefined;
    }
    case 'plan-undo':
      return isSeq(raw['number']) ? { type: 'plan-undo', number: raw['number'] } : undefined;
    case 'plan-verb':
      return isPlanVerb(raw['verb']) ? { type: 'plan-verb', verb: raw['verb'] } : undefined;
    case 'exported': {
      const { format, text } = raw;
      return (format === 'svg' || format === 'mermaid') && isText(text, LONGEST_EXPORT)
        ? { type: 'exported', format, text }
        : undefined;
    }
    default:
      return undefined;
  }
}

function parseAnswer(raw: Readonly<Record<string, unknown>>): GraphPageMessage | undefined {
  const { task, decision, note, choice, digest } = raw;
  const isDecision =
    decision === 'approved' || decision === 'rejected' || decision === 'changes-requested';
  if (!isName(task) || !isDecision) {
    return undefined;
  }
  const isWhole =
    (note === undefined || isText(note, LONGEST_NOTE)) &&
    (choice === undefined || isText(choice, LONGEST_NOTE)) &&
    (digest === undefined || isName(digest));
  return isWhole
    ? {
        type: 'answer',
        task,
        decision,
        ...(note === undefined ? {} : { note }),
        ...(choice === undefined ? {} : { choice }),
        ...(digest === undefined ? {} : { digest }),
      }
    : undefined;
}

function isPlanVerb(value: unknown): value is PlanVerb {
  return value === 'preflight' || value === 'run' || value === 'open';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isName(value: unknown): value is string {
  return isText(value, LONGEST_NAME) && value !== '';
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most;
}

function isSeq(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
