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

export interface DetailGate {
  readonly ask: string;
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
