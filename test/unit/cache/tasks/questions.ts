import { digestOf, digestOfJson, type Digest } from '../../../../src/core/base/digest.ts';
import type { KeptResult } from '../../../../src/core/domain/cache.ts';
import type { BlobRef } from '../../../../src/core/domain/event.ts';
import { agentName, type RunId, type TaskId } from '../../../../src/core/domain/ids.ts';
import type { CacheRule } from '../../../../src/core/domain/terms.ts';
import type { Read, TreeView } from '../../../../src/core/domain/trace.ts';
import type { NeedShown, TaskQuestion } from '../../../../src/core/cache/tasks/taskQuestion.ts';
import { commandAgent, modelAgent, step } from '../../../support/plans.ts';

export const NO_SIGNAL = new AbortController().signal;
export const HOUR = 60 * 60 * 1000;

const RULE: CacheRule = {
  use: true,
  ttlMs: undefined,
  namespace: undefined,
  inputs: undefined,
  similar: undefined,
};

/** What a model is asked. */
export function modelQuestion(over: Partial<TaskQuestion> = {}): TaskQuestion {
  return {
    run: 'example-1' as RunId,
    task: 'a' as TaskId,
    workflow: 'example',
    step: step('a'),
    agent: modelAgent('reader'),
    asTools: [],
    bounds: { owns: undefined, never: [] },
    permissions: undefined,
    prompt: 'What is in it?',
    spoken: { written: 'What is in it?', needs: [] },
    env: {},
    host: { platform: 'linux' },
    model: 'acme/large',
    tools: digestOf('tools'),
    needs: [],
    inputs: undefined,
    rule: RULE,
    namespace: 'model_response',
    ttlMs: 24 * HOUR,
    webTtlMs: HOUR,
    fresh: false,
    waitedFor: false,
    ...over,
  };
}

/** What a command is given. */
export function commandQuestion(over: Partial<TaskQuestion> = {}): TaskQuestion {
  return {
    ...modelQuestion(),
    agent: commandAgent('counter'),
    model: undefined,
    tools: undefined,
    namespace: 'command_output',
    inputs: { globs: undefined, files: [] },
    ...over,
  };
}

/** What is shown of a task that printed something; `undefined`: nothing. */
export function needOf(task: string, output?: string): NeedShown {
  return {
    task: task as TaskId,
    agent: agentName('maker'),
    state: 'succeeded',
    failure: undefined,
    exitCode: 0,
    output: output === undefined ? undefined : digestOf(output),
    artifacts: [],
  };
}

/** A question with another rule. */
export function withRule(question: TaskQuestion, rule: Partial<CacheRule>): TaskQuestion {
  return { ...question, rule: { ...question.rule, ...rule } };
}

const digests = new Map<string, Digest>();

/** Random trees hold the same few texts again and again. */
export function digestOfText(text: string): Digest {
  const digest = digests.get(text) ?? digestOf(text);
  digests.set(text, digest);
  return digest;
}

export function filesOf(files: Readonly<Record<string, string>>): readonly {
  readonly path: string;
  readonly digest: Digest;
}[] {
  return Object.entries(files)
    .map(([path, text]) => ({ path, digest: digestOfText(text) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A tree of texts. A search finds the files that hold a word, a list the names; `asked` counts what is asked again. */
export class Tree implements TreeView {
  readonly texts: ReadonlyMap<string, string>;
  readonly #files: ReturnType<typeof filesOf>;
  readonly #digests: ReadonlyMap<string, Digest>;
  asked = 0;
  listed = 0;

  constructor(texts: Readonly<Record<string, string>>) {
    this.texts = new Map(Object.entries(texts));
    this.#files = filesOf(texts);
    this.#digests = new Map(this.#files.map(({ path, digest }) => [path, digest]));
  }

  digest(path: string): Promise<Digest | undefined> {
    return Promise.resolve(this.#digests.get(path));
  }

  within(folder: string): Promise<ReturnType<typeof filesOf>> {
    this.listed += 1;
    return Promise.resolve(this.#below(folder));
  }

  like(globs: readonly string[]): Promise<ReturnType<typeof filesOf>> {
    return Promise.resolve(this.#files.filter(({ path }) => globs.includes(path)));
  }

  askAgain({ tool, input, within }: Extract<Read, { kind: 'asked' }>): Promise<Digest | undefined> {
    this.asked += 1;
    return Promise.resolve(this.found(tool, (input ?? {}) as { pattern?: string }, within));
  }

  found(tool: 'list' | 'search', { pattern = '' }: { pattern?: string }, within: string): Digest {
    const paths = this.#below(within).map(({ path }) => path);
    return digestOfJson(
      tool === 'list' ? paths : paths.filter((path) => this.texts.get(path)?.includes(pattern)),
    );
  }

  /** A look with what it shows. */
  look(tool: 'list' | 'search', input: { pattern?: string; path?: string }, within: string): Read {
    return { kind: 'asked', tool, input, within, found: this.found(tool, input, within) };
  }

  #below(folder: string): ReturnType<typeof filesOf> {
    return folder === ''
      ? this.#files
      : this.#files.filter(({ path }) => path === folder || path.startsWith(`${folder}/`));
  }
}

export function fileRead(path: string): Read {
  return { kind: 'file', path };
}

export function blobOf(text: string): BlobRef {
  return { digest: digestOf(text), bytes: Buffer.byteLength(text) };
}

/** A result that prints a text, and the reader of its bytes. */
export function madeOf(
  text: string,
  files: Readonly<Record<string, string>> = {},
): KeptResult & { readonly read: (ref: BlobRef) => Promise<Uint8Array> } {
  const bytes = new Map(
    [text, '', ...Object.values(files)].map((one) => [digestOf(one), Buffer.from(one)]),
  );
  return {
    exitCode: 0,
    output: blobOf(text),
    log: blobOf(''),
    artifacts: Object.entries(files).map(([path, content]) => ({
      path,
      executable: false,
      ...blobOf(content),
    })),
    inputBytes: 12,
    spent: { ms: 41_000, calls: 3, tokens: 12_400, usd: 0.09 },
    read: ({ digest }) => Promise.resolve(bytes.get(digest) ?? Buffer.from('another')),
  };
}
