import type * as vscode from 'vscode';
import { oneLine } from '../../core/base/text.ts';
import type { RunId } from '../../core/domain/ids.ts';
import { stepCount } from '../../core/projections/census.ts';
import { census, shownStatus, type ShownStatus } from '../../core/projections/taskRows.ts';
import type { BookEntry } from '../../core/projections/runBook.ts';
import type { CommandId } from '../ids.ts';
import { runOffers, type ReadableRun } from '../offers.ts';

/** Says a text in the language of the window: `vscode.l10n.t`. */
export type Translate = typeof vscode.l10n.t;

/** What one folder of the window has under way. */
export interface FolderAtWork {
  /** As `Projects.byUri` knows it. */
  readonly folder: string;
  /** Newest first. */
  readonly runs: readonly BookEntry[];
  readonly gates: readonly unknown[];
  readonly questions: readonly { readonly run: RunId }[];
  /** Paths of merges nobody has chosen for yet. */
  readonly conflicts: number;
}

/** What the status bar says of all folders. */
export interface AtWork {
  /** With icons as VS Code writes them: `$(bell-dot) 2 runs · 14/57 · 1 gate`. */
  readonly text: string;
  /** The same in words. */
  readonly spoken: string;
  readonly level: 'quiet' | 'waits' | 'failed';
  /** Newest first, at most `MOST_RUNS`. */
  readonly runs: readonly RunLine[];
  /** Runs beyond these. */
  readonly more: number;
  /** `1 gate and 2 questions wait for you`; `undefined`: nothing does. */
  readonly waiting: string | undefined;
  /** The most useful thing to do. */
  readonly click: Deed;
}

export interface RunLine {
  readonly icon: string;
  readonly run: RunId;
  readonly status: ShownStatus;
  /** `4 of 6 done · 1 running` */
  readonly census: string;
  readonly deeds: readonly Deed[];
}

/** A command, and what it is asked of: nothing, or a run. */
export interface Deed {
  readonly title: string;
  readonly command: CommandId | 'sluice.gates.focus' | 'sluice.runs.focus';
  readonly target: { readonly folder: string; readonly run: RunId } | undefined;
}

/** More a tooltip has no room for. */
const MOST_RUNS = 6;

interface LiveRun {
  readonly folder: string;
  readonly entry: ReadableRun;
  readonly status: ShownStatus;
}

/** `undefined`: nothing runs and nothing waits. */
export function atWork(folders: readonly FolderAtWork[], t: Translate): AtWork | undefined {
  const live = folders.flatMap(liveRuns).sort((a, b) => createdAt(b) - createdAt(a));
  const waiting = {
    gates: folders.reduce((sum, { gates }) => sum + gates.length, 0),
    questions: folders.reduce((sum, { questions }) => sum + questions.length, 0),
    conflicts: folders.reduce((sum, { conflicts }) => sum + conflicts, 0),
    looks: live.reduce((sum, { entry }) => sum + entry.state.frontier.unknown.size, 0),
  };
  const waits = waitingWords(waiting, t);
  if (live.length === 0 && waits.length === 0) {
    return undefined;
  }
  const [newest] = live;
  const { done, total } = tally(live);
  const short = [
    live.length === 1 && newest !== undefined
      ? oneLine(newest.entry.run, 28)
      : live.length === 0
        ? ''
        : t('{0} runs', live.length),
    live.length === 0 ? '' : `${done}/${total}`,
    ...waits,
  ].filter((part) => part !== '');
  const hasFailed = live.some(({ entry }) => entry.state.frontier.failed > 0);
  const isCutOff = live.some(({ status }) => status === 'interrupted');
  return {
    text: `$(${leadingIcon(live, waits.length > 0)}) ${short.join(' · ')}`,
    spoken: spokenOf(live, waits, t),
    level: hasFailed ? 'failed' : waits.length > 0 || isCutOff ? 'waits' : 'quiet',
    runs: live.slice(0, MOST_RUNS).map((run) => runLine(run, t)),
    more: Math.max(0, live.length - MOST_RUNS),
    waiting: waits.length === 0 ? undefined : waitingText(waits, waiting, t),
    click: clickOf(folders, newest, waiting, t),
  };
}

/** A run that has not ended: it runs, waits, or wants to be resumed. */
function liveRuns({ folder, runs }: FolderAtWork): LiveRun[] {
  return runs.flatMap((entry) =>
    entry.kind === 'readable' && entry.state.phase.kind !== 'finished'
      ? { folder, entry, status: shownStatus(entry.state, entry.driven) }
      : [],
  );
}

function createdAt({ entry }: LiveRun): number {
  return entry.state.createdAt;
}

function tally(live: readonly LiveRun[]): { done: number; total: number } {
  let [done, total] = [0, 0];
  for (const { entry } of live) {
    const steps = stepCount(entry.state);
    done += steps.done;
    total += steps.total;
  }
  return { done, total };
}

interface Waiting {
  readonly gates: number;
  readonly questions: number;
  readonly conflicts: number;
  /** Attempts that were cut off and that a person has to look at. */
  readonly looks: number;
}

function waitingWords({ gates, questions, conflicts, looks }: Waiting, t: Translate): string[] {
  return [
    gates === 0 ? '' : gates === 1 ? t('1 gate') : t('{0} gates', gates),
    questions === 0 ? '' : questions === 1 ? t('1 question') : t('{0} questions', questions),
    conflicts === 0 ? '' : conflicts === 1 ? t('1 conflict') : t('{0} conflicts', conflicts),
    looks === 0 ? '' : t('{0} to look at', looks),
  ].filter((word) => word !== '');
}

function waitingText(words: readonly string[], waiting: Waiting, t: Translate): string {
  const sum = waiting.gates + waiting.questions + waiting.conflicts + waiting.looks;
  const [last = '', ...others] = [...words].reverse();
  const listed = others.length === 0 ? last : t('{0} and {1}', others.reverse().join(', '), last);
  return sum === 1 ? t('{0} waits for you', listed) : t('{0} wait for you', listed);
}

const ICONS: Readonly<Record<ShownStatus, string>> = {
  running: 'sync~spin',
  cancelling: 'sync~spin',
  pausing: 'sync~spin',
  waiting: 'bell-dot',
  paused: 'debug-pause',
  interrupted: 'debug-disconnect',
  succeeded: 'pass',
  degraded: 'warning',
  failed: 'error',
  cancelled: 'stop-circle',
};

/** What moves comes first, then what waits for somebody, then what rests. */
function leadingIcon(live: readonly LiveRun[], waits: boolean): string {
  const moving = live.find(({ status }) => ICONS[status] === ICONS.running);
  if (moving !== undefined) {
    return ICONS.running;
  }
  const [newest] = live;
  return waits || newest === undefined ? ICONS.waiting : ICONS[newest.status];
}

function spokenOf(live: readonly LiveRun[], waits: readonly string[], t: Translate): string {
  const { done, total } = tally(live);
  const runs = live.map(({ entry, status }) => `${entry.run} ${status}`);
  const told = live.length === 0 ? [] : [...runs, t('{0} of {1} tasks done', done, total)];
  return `Sluice: ${[...told, ...waits].join(', ')}`;
}

function runLine({ folder, entry, status }: LiveRun, t: Translate): RunLine {
  const target = { folder, run: entry.run };
  const offers = runOffers(entry);
  return {
    icon: ICONS[status],
    run: entry.run,
    status,
    census: census(entry.state),
    deeds: [
      { title: t('Show Graph'), command: 'sluice.showGraph', target },
      ...(offers.includes('pause')
        ? [{ title: t('Pause'), command: 'sluice.pauseRun', target } as const]
        : []),
      ...(offers.includes('resume') || offers.includes('unpause')
        ? [{ title: t('Resume'), command: 'sluice.resumeRun', target } as const]
        : []),
    ],
  };
}

function clickOf(
  folders: readonly FolderAtWork[],
  newest: LiveRun | undefined,
  { gates, conflicts }: Waiting,
  t: Translate,
): Deed {
  if (gates > 0) {
    return { title: t('Next Gate'), command: 'sluice.nextGate', target: undefined };
  }
  for (const { folder, questions } of folders) {
    const [first] = questions;
    if (first !== undefined) {
      const target = { folder, run: first.run };
      return { title: t('Answer…'), command: 'sluice.answerQuestion', target };
    }
  }
  if (conflicts > 0) {
    return { title: t('Show Conflicts'), command: 'sluice.gates.focus', target: undefined };
  }
  return newest === undefined
    ? { title: t('Show Runs'), command: 'sluice.runs.focus', target: undefined }
    : {
        title: t('Show Graph'),
        command: 'sluice.showGraph',
        target: { folder: newest.folder, run: newest.entry.run },
      };
}
