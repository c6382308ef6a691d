import type { Digest } from '../base/digest.ts';
import type { Artifact, BlobRef, RemovedFile } from './event.ts';
import type { RunId, TaskId } from './ids.ts';
import type { Read, Unfit } from './trace.ts';

// The cache: what was answered once stands for the same question again. docs/cache.md says what makes two questions
// the same, and why.

/**
 * Answers are kept in namespaces, each with a time they stand. A step may name any other; these are known by
 * themselves. `model_response`: results of model agents, `command_output`: of all others, `web_search`: what tools
 * found outside, `file_read`: digests of files that have not changed.
 */
export const NAMESPACES = [
  'model_response',
  'command_output',
  'web_search',
  'file_read',
  'concept_data',
  'dependency_graph',
] as const;
export type KnownNamespace = (typeof NAMESPACES)[number];

export interface CacheSettings {
  /** False: nothing is looked up and nothing kept. */
  readonly use: boolean;
  /** How long answers of a namespace stand, in milliseconds; left out: `DEFAULT_TTL_MS`. */
  readonly ttlMs: Readonly<Record<string, number>>;
  /** Of all that is kept on the disk. */
  readonly maxBytes: number;
}

export const DEFAULT_TTL_MS = 24 * 60 * 60 * 1000;
export const DEFAULT_CACHE_SETTINGS: CacheSettings = {
  use: true,
  ttlMs: {},
  maxBytes: 1024 * 1024 * 1024,
};

/** One thing that decides what a task comes to. */
export interface KeyPart {
  readonly what: KeyPartName;
  /** Which of several: a task it needs, a glob, a variable. */
  readonly name: string | undefined;
  readonly digest: Digest;
}

/**
 * `engine`: how Sluice itself makes results. `agent`: its definition. `step`: what the step says over it. `model`: the
 * one that is asked. `tools`: what it may use. `prompt`: as rendered. `environment`: rendered variables, platform and
 * program. `need`: what a task before it gave. `inputs`: the files that count.
 */
export const KEY_PARTS = [
  'engine',
  'agent',
  'step',
  'model',
  'tools',
  'prompt',
  'environment',
  'need',
  'inputs',
] as const;
export type KeyPartName = (typeof KEY_PARTS)[number];

/** All that decides what a task comes to, as far as it is known before it runs. */
export interface Fingerprint {
  readonly key: Digest;
  readonly parts: readonly KeyPart[];
}

/** A look, and what it showed. */
export type TracedRead =
  | {
      readonly kind: 'file';
      readonly path: string;
      /** `null`: nothing was there. */
      readonly digest: Digest | null;
    }
  | (Extract<Read, { kind: 'asked' }> & {
      /** Of all files it was about: while they are the same there is no need to ask again. */
      readonly scope: Digest;
    })
  | { readonly kind: 'tree'; readonly digest: Digest }
  | Extract<Read, { kind: 'web' }>;

/** Where an answer comes from. */
export interface Earlier {
  readonly run: RunId;
  readonly task: TaskId;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What reusing a result spares. */
export interface Saved {
  readonly ms: number;
  readonly calls: number;
  /** Read and written. */
  readonly tokens: number;
  /** US dollars, of the calls that have a price. */
  readonly usd: number;
}

/** What of a question is as it was before: a part of its key, or the files that were read. */
export interface Same {
  readonly what: KeyPartName | 'files';
  readonly count: number;
}

/** What is not as it was before. */
export interface Change {
  readonly what: KeyPartName | 'file' | 'list' | 'search' | 'tree' | 'served';
  /** Which: a path, a task, a variable, a pattern, a model. */
  readonly name: string | undefined;
  readonly how: 'changed' | 'added' | 'removed';
}

/** Why an earlier result stands for the task. */
export interface Reuse {
  readonly from: Earlier;
  readonly namespace: string;
  readonly same: readonly Same[];
  readonly saved: Saved;
  /** It waited for another task that was asked the same at the same moment. */
  readonly shared: boolean;
  /** The question was another one, and like this. */
  readonly similar: { readonly question: string; readonly similarity: number } | undefined;
}

/** Why a task runs. */
export type MissReason =
  /** Nobody has asked this task anything yet, as far as is remembered. */
  | { readonly kind: 'first' }
  | {
      readonly kind: 'changed';
      readonly than: Earlier;
      /** At most `MOST_CHANGES`. */
      readonly changes: readonly Change[];
      /** Further ones. */
      readonly more: number;
      readonly same: readonly Same[];
    }
  /** The same was asked, and the answer has stood its time. */
  | { readonly kind: 'expired'; readonly than: Earlier; readonly ttlMs: number }
  /** The same was asked, and the answer is not kept any more: cleared, or given up for room. */
  | { readonly kind: 'gone'; readonly than: Earlier }
  /** The same was asked, and what was kept is damaged. */
  | { readonly kind: 'damaged'; readonly than: Earlier }
  /** The same was asked, and the answer could not stand for another. */
  | { readonly kind: 'unfit'; readonly than: Earlier; readonly why: Unfit }
  /** A person wants it anew. */
  | { readonly kind: 'fresh' };

export const MOST_CHANGES = 20;

/**
 * Why nothing is looked up for a task, and nothing kept. `run`: whoever started it said so, or the user's settings.
 * `definition`: its step, its workflow or its agent says so. `external`: what it does happens elsewhere.
 */
export type CacheOff = 'run' | 'definition' | 'external';

/** What a task made, as the cache keeps it. */
export interface KeptResult {
  readonly exitCode: number;
  readonly output: BlobRef;
  readonly log: BlobRef;
  readonly artifacts: readonly Artifact[];
  /** Left out: none. */
  readonly removed?: readonly RemovedFile[] | undefined;
  readonly inputBytes: number | undefined;
  /** What it took and cost then. */
  readonly spent: Saved;
}

export interface CacheCounts {
  /** Questions answered by what was kept, those in `coalesced` not among them. */
  readonly hits: number;
  readonly misses: number;
  /** Questions that were answered by a call for the same question under way. */
  readonly coalesced: number;
  /** Answers given up for room, or because they had stood their time. */
  readonly evictions: number;
  readonly expirations: number;
  /** Answers that were dropped because they were not what had been written. */
  readonly damaged: number;
  /** What is kept now. */
  readonly entries: number;
  readonly bytes: number;
  readonly saved: Saved;
}

/** Of all programs that have used the cache of a folder. */
export interface CacheStatistics {
  /** Without hits and misses of `file_read`: looks at files are no questions, and there are thousands in a run. */
  readonly total: CacheCounts;
  /** Those that have any, by name. */
  readonly namespaces: Readonly<Record<string, CacheCounts>>;
  readonly agents: Readonly<Record<string, CacheCounts>>;
}

export type ClearedPart =
  | { readonly kind: 'all' }
  | { readonly kind: 'namespace'; readonly namespace: string }
  | { readonly kind: 'agent'; readonly agent: string }
  /** What a run has added. */
  | { readonly kind: 'run'; readonly run: RunId };

/** The cache of a folder, for people. */
export interface CacheDesk {
  /** Absolute: where it lies. */
  readonly folder: string;
  statistics(): Promise<CacheStatistics>;
  /** Resolves with the number of answers that are gone. */
  clear(what: ClearedPart): Promise<number>;
}
