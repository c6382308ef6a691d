// Types only: what the panel beside the graph shows of one task. The page in the browser is checked against this file.

import type { GraphNodeState } from './graphPicture.ts';

/** All there is to say about a task, ready to be shown. Texts are for people; none is markup unless it says so. */
export interface TaskDetail {
  readonly task: string;
  readonly kind: 'agent' | 'gate' | 'workflow';
  readonly state: GraphNodeState;
  /** Agent and model, gate, or nested workflow; one line. */
  readonly subtitle: string;
  /** Name and value, in the order shown: `Agent`, `Model`, `Took`, `Tokens`, `Cost`, `Branch`, `Why it ran`. */
  readonly facts: readonly DetailFact[];
  /** As the agent got it, or as it is written where it has not run; `undefined`: it has none. */
  readonly prompt: string | undefined;
  /** `undefined`: nothing yet. */
  readonly output: DetailOutput | undefined;
  /** What went wrong and what to do. */
  readonly problem: { readonly title: string; readonly fix: string | undefined } | undefined;
  /** Tools it has used, oldest first; the last ones where there are many. */
  readonly tools: readonly DetailTool[];
  /** Files it made, changed or removed. */
  readonly files: readonly DetailFile[];
  /** Set where it is there to mend another task. */
  readonly mends?: DetailMends | undefined;
  /** Its failures that were or are mended, oldest first; left out: none. */
  readonly mending?: readonly DetailFault[] | undefined;
  /** Oldest first. */
  readonly attempts: readonly DetailAttempt[];
  /** Only of a gate that waits. */
  readonly gate: DetailGate | undefined;
  /** What people want changed, oldest first: `ada: shorter, please`. */
  readonly wanted: readonly string[];
  /** What a person can ask of it now, as words of the face's own. */
  readonly verbs: readonly string[];
}

export interface DetailFact {
  readonly name: string;
  readonly value: string;
}

export interface DetailOutput {
  /** The end of it, at most `MOST_OUTPUT` characters. */
  readonly text: string;
  /** Characters before it that are not here. */
  readonly before: number;
  /** It is written as Markdown. */
  readonly isMarkdown: boolean;
  /** More may come. */
  readonly isLive: boolean;
}

export interface DetailTool {
  readonly name: string;
  /** One line: what it was to do. */
  readonly summary: string;
  readonly outcome: 'open' | 'done' | 'failed' | 'refused' | 'lost';
  /** `undefined` while it is open. */
  readonly durationMs: number | undefined;
}

export interface DetailFile {
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly bytes: number;
}

export interface DetailAttempt {
  /** From 1. */
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** `undefined`: it is not over. */
  readonly endedAt: number | undefined;
  readonly outcome:
    'running' | 'parked' | 'succeeded' | 'failed' | 'cancelled' | 'cut off' | 'unknown';
  /** One line: what went wrong, why it was made; else empty. */
  readonly detail: string;
}

/** What a fix is for. */
export interface DetailMends {
  /** The task that failed. */
  readonly task: string;
  /** That task, or the fix whose work it goes on from. */
  readonly parent: string;
  /** `fix 1.1` */
  readonly label: string;
  /** `implementation bug` */
  readonly fault: string;
  /** A sentence: what shows that. */
  readonly why: string;
}

/** A failure of a task that may be mended. */
export interface DetailFault {
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** One line: what went wrong. */
  readonly failure: string;
  /** `3 tests passed, 1 failed`; empty: nothing is known of tests. */
  readonly tests: string;
  /** `run again at once: failed 2 of 2 times`; empty: it was not. */
  readonly again: string;
  /** Tests that failed, the first of them. */
  readonly failing: readonly { readonly name: string; readonly message: string }[];
  /** The end of what was printed; may be empty. */
  readonly printed: string;
  /** What was opened for it; none: nothing yet, or it was the last. */
  readonly fixes: readonly DetailFix[];
}

export interface DetailFix {
  readonly task: string;
  /** `fix 1.1`; where a person was asked `gate`. */
  readonly label: string;
  /** Who mends it; empty: a person is asked. */
  readonly by: string;
  readonly fault: string;
  readonly why: string;
  readonly state: GraphNodeState;
  /** One line: how it stands or ended, and what came of it. */
  readonly outcome: string;
  /** What it changed. */
  readonly files: readonly DetailFile[];
}

export interface DetailGate {
  readonly ask: string;
  /** The question is written as Markdown, over several lines. Left out: it is not. */
  readonly isMarkdown?: boolean | undefined;
  readonly choices: readonly string[];
  readonly takesText: boolean;
  /** What an answer must carry. */
  readonly digest: string;
  /** Who made what is asked about: `draft: writer · claude-opus-5`. */
  readonly makers: readonly string[];
  /** What shows that it is done, a line each: `docs/a.md is there`, `npm test passed`. */
  readonly evidence: readonly string[];
  /** `No conflicts`, or what would conflict; `undefined`: it is not known, or nothing is to be merged. */
  readonly forecast: string | undefined;
  /** What the run has cost, and what is expected to come; empty: nothing. */
  readonly cost: string;
  /** Why an approval given before does not count any more, as a sentence; `undefined`: there was none. */
  readonly lapsed: string | undefined;
  /** Other gates that wait and ask about the same content. */
  readonly identical: number;
  /** Somebody can make what it asks about again. */
  readonly takesChanges: boolean;
}
