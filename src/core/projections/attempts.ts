import { oneLine } from '../base/text.ts';
import type { Actor } from '../domain/actor.ts';
import type { EventBody, EventHeader, RunEvent } from '../domain/event.ts';
import { failureText } from '../domain/failureText.ts';
import type { TaskId } from '../domain/ids.ts';
import type { DetailAttempt, DetailTool } from './detailPicture.ts';
import { faultText, testsText } from './mendingWords.ts';

// What the state of a run does not keep: how each attempt of a task went, and which tools it used.

const TYPES = [
  'task-started',
  'task-parked',
  'task-continued',
  'task-succeeded',
  'task-failed',
  'task-faulted',
  'fix-opened',
  'task-given-up',
  'task-retried',
  'task-interrupted',
  'task-unknown',
  'task-cancelled',
  'tool-called',
  'tool-ended',
  'tasks-reset',
  'gate-answered',
] as const satisfies readonly EventBody['type'][];

/** An event that attempts and tools are told from. */
export type Deed = Extract<EventBody, { readonly type: (typeof TYPES)[number] }> &
  Pick<EventHeader, 'seq' | 'at'>;

const DEEDS: ReadonlySet<string> = new Set(TYPES);

export function isDeed(event: RunEvent): event is RunEvent & Deed {
  return DEEDS.has(event.type);
}

/** Tasks whose attempts or tools the event tells of. */
export function tasksOfDeed(deed: Deed): readonly TaskId[] {
  switch (deed.type) {
    case 'tasks-reset':
      return deed.tasks;
    case 'gate-answered':
      return deed.changes?.reset ?? [];
    case 'fix-opened':
      return [deed.fix.of];
    default:
      return [deed.task];
  }
}

/** @param deeds of the task, in order */
export function attemptsIn(deeds: readonly Deed[]): DetailAttempt[] {
  const attempts: DetailAttempt[] = [];
  /** Why the next attempt is made; nothing to say of one that is made by itself. */
  let why = '';
  for (const deed of deeds) {
    const last = attempts.at(-1);
    const end = (outcome: DetailAttempt['outcome'], ...details: readonly string[]) => {
      if (last !== undefined) {
        const detail = joined(last.detail, ...details);
        attempts[attempts.length - 1] = { ...last, endedAt: deed.at, outcome, detail };
      }
    };
    switch (deed.type) {
      case 'task-started':
        attempts.push({
          attempt: deed.attempt,
          startedAt: deed.at,
          endedAt: undefined,
          outcome: 'running',
          detail: why,
        });
        why = '';
        break;
      case 'task-parked':
        if (last !== undefined) {
          attempts[attempts.length - 1] = { ...last, outcome: 'parked' };
        }
        break;
      case 'task-continued':
        if (last !== undefined) {
          attempts[attempts.length - 1] = { ...last, outcome: 'running' };
        }
        break;
      case 'task-succeeded':
        end('succeeded', acceptedText(deed.accepted), testsText(deed.tests));
        break;
      case 'task-failed':
      case 'task-faulted':
        end('failed', oneLine(failureText(deed.failure).title), testsText(deed.tests));
        break;
      case 'fix-opened':
        if (last !== undefined) {
          const kind = faultText(deed.fix.fault);
          attempts[attempts.length - 1] = { ...last, detail: joined(last.detail, kind) };
        }
        why = deed.fix.agent === undefined ? '' : `proves ${deed.fix.id}`;
        break;
      case 'task-given-up':
        why = '';
        break;
      case 'task-retried':
        end('failed', oneLine(failureText(deed.failure).title));
        why = 'tried again by itself';
        break;
      case 'task-interrupted':
        end('cut off', '');
        break;
      case 'task-unknown':
        end('unknown', 'cut off, and nobody can tell what it did');
        break;
      case 'task-cancelled':
        // A task that never began is cancelled too, and one that has ended is not begun again by it.
        if (last?.endedAt === undefined) {
          end('cancelled', '');
        }
        break;
      case 'tasks-reset':
        why = `asked for again by ${oneLine(deed.by.name, 60)}`;
        break;
      case 'gate-answered':
        if (deed.changes !== undefined) {
          why = `${oneLine(deed.by.name, 60)} wanted changes`;
        }
        break;
      case 'tool-called':
      case 'tool-ended':
        break;
    }
  }
  return attempts;
}

function joined(...details: readonly string[]): string {
  return details.filter((text) => text !== '').join(' · ');
}

function acceptedText(accepted: Actor | 'probe' | undefined): string {
  return accepted === undefined
    ? ''
    : `accepted by ${accepted === 'probe' ? 'its probe' : oneLine(accepted.name, 60)}`;
}

/** What is shown of the tools of a task that used very many: the last. */
export const MOST_TOOLS = 200;

/** @param deeds of the task, in order @param isRunning an attempt is under way: what is open may still end */
export function toolsIn(deeds: readonly Deed[], isRunning: boolean): DetailTool[] {
  const tools: DetailTool[] = [];
  /** Where the uses are that have not ended, by their numbers, which go on from attempt to attempt. */
  const open = new Map<number, number>();
  for (const deed of deeds) {
    if (deed.type === 'tool-called') {
      open.set(deed.use, tools.length);
      const summary = oneLine(deed.summary);
      tools.push({ name: oneLine(deed.tool, 80), summary, outcome: 'open', durationMs: undefined });
    } else if (deed.type === 'tool-ended') {
      const place = open.get(deed.use);
      const tool = place === undefined ? undefined : tools[place];
      if (place !== undefined && tool !== undefined) {
        tools[place] = { ...tool, outcome: deed.outcome, durationMs: deed.durationMs };
        open.delete(deed.use);
      }
    } else if (deed.type === 'task-started') {
      // What an earlier attempt left open will not end any more.
      lose(tools, open);
    }
  }
  if (!isRunning) {
    lose(tools, open);
  }
  return tools.slice(-MOST_TOOLS);
}

function lose(tools: DetailTool[], open: Map<number, number>): void {
  for (const place of open.values()) {
    const tool = tools[place];
    if (tool !== undefined) {
      tools[place] = { ...tool, outcome: 'lost' };
    }
  }
  open.clear();
}
