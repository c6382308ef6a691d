import fs from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from './base/digest.ts';
import { err } from './base/result.ts';
import type { Embed } from './cache/parts.ts';
import { EmbeddedQuestions } from './cache/similar/embeddedQuestions.ts';
import { SimilarIndex } from './cache/similar/similarIndex.ts';
import type { OpenCache } from './cache/store/openCache.ts';
import { TaskCache, type TaskAnswer } from './cache/tasks/taskCache.ts';
import type { TaskQuestion } from './cache/tasks/taskQuestion.ts';
import type { RunnerSpec } from './domain/agent.ts';
import type { CacheSettings, KeptResult } from './domain/cache.ts';
import { ttlOf } from './domain/cacheUse.ts';
import { modelName } from './domain/call.ts';
import type { RunId } from './domain/ids.ts';
import type { Trace, TreeView } from './domain/trace.ts';
import type { CacheAnswer, CachePort, CacheQuestion } from './engine/parts.ts';
import type { BlobStore } from './journal/blobs.ts';
import type { Ports } from './ports.ts';
import { searchEnvironment } from './runners/environment.ts';
import { findProgram } from './runners/program.ts';
import type { Tools } from './tools/toolbox.ts';
import { withVersionsBefore } from './versionsBefore.ts';
import type { WorkspaceCopies } from './workspaces/copies.ts';
import { TreeOverlay } from './workspaces/treeOverlay.ts';

export interface CachedTasksParts {
  readonly open: OpenCache;
  readonly settings: () => CacheSettings;
  /** Absolute. */
  readonly folder: string;
  readonly ports: Ports;
  readonly blobs: BlobStore;
  readonly copies: WorkspaceCopies;
  readonly tools: () => Promise<Tools>;
  /** Of the folder: it is being closed. */
  readonly signal: AbortSignal;
}

/** Files that say which versions of dependencies are there: these lie outside of the tree, and count for every command. */
const LOCK_FILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'uv.lock',
  'poetry.lock',
  'requirements.txt',
];

/**
 * Asks the cache about tasks of the engine, with all that it takes: the run's tree, the model that would be asked, the
 * tools, the program. What other runs of this program are asked at the same moment is waited for.
 */
export class CachedTasks implements CachePort {
  readonly #parts: CachedTasksParts;
  readonly #cache: TaskCache;
  readonly #similar: SimilarIndex;
  readonly #underWay = new Map<Digest, Set<UnderWay>>();
  #redact: ((text: string) => string) | undefined;

  constructor(parts: CachedTasksParts) {
    this.#parts = parts;
    const { clock, disk, log } = parts.ports;
    this.#similar = new SimilarIndex({
      disk,
      clock,
      folder: path.join(parts.open.desk.folder, 'similar'),
    });
    this.#cache = new TaskCache({
      store: parts.open.answers,
      clock,
      put: (_ref, bytes) => parts.blobs.put(bytes),
      similar: new EmbeddedQuestions({
        embed: this.#embed,
        index: this.#similar,
        answers: parts.open.answers,
        redact: (text) => this.#redact?.(text) ?? '',
        warn: (sentence) => log.warn(sentence),
      }),
    });
  }

  async ask(question: CacheQuestion, signal: AbortSignal): Promise<CacheAnswer> {
    let asked = await this.#question(question, signal);
    const tree = await this.#tree(question, signal);
    for (;;) {
      const answer = await this.#cache.look(asked, tree, signal);
      if (answer.kind === 'hit') {
        if ((await answer.apply()).ok) {
          return await this.#hitOf(question, answer, signal);
        }
        continue;
      }
      const other = question.isFresh ? undefined : this.#elsewhere(answer.key, question.run);
      if (other === undefined || asked.waitedFor) {
        return answer;
      }
      await endOf(other, signal);
      asked = { ...asked, waitedFor: true };
    }
  }

  async keep(question: CacheQuestion, made: KeptResult, trace: Trace | undefined): Promise<void> {
    const { signal, blobs } = this.#parts;
    const asked = await this.#question(question, signal);
    const tree = await this.#tree(question, signal);
    const read = (ref: { readonly digest: Digest }) => blobs.read(ref.digest);
    await this.#cache.keep(asked, tree, { ...made, trace, read }, signal);
  }

  begin(run: RunId, key: Digest): () => void {
    const flights = this.#underWay.get(key) ?? new Set();
    const flight = new UnderWay(run);
    this.#underWay.set(key, flights.add(flight));
    return () => {
      flights.delete(flight);
      if (flights.size === 0) {
        this.#underWay.delete(key);
      }
      flight.end();
    };
  }

  /** No similar question is known any more. */
  forgetSimilar(): Promise<void> {
    return this.#similar.clear();
  }

  /** Of the run itself the journal tells who waits for whom. */
  #elsewhere(key: Digest, run: RunId): UnderWay | undefined {
    return [...(this.#underWay.get(key) ?? [])].find((flight) => flight.run !== run);
  }

  async #hitOf(
    { run, laid, source }: CacheQuestion,
    { reuse, result }: Extract<TaskAnswer, { kind: 'hit' }>,
    signal: AbortSignal,
  ): Promise<CacheAnswer> {
    const { copies, blobs } = this.#parts;
    const { folder } = await copies.tree(run, signal, source);
    const { spent: _spent, ...made } = result;
    return {
      kind: 'hit',
      reuse,
      result: await withVersionsBefore(made, { folder, laid, blobs }),
    };
  }

  async #tree({ run, laid, source }: CacheQuestion, signal: AbortSignal): Promise<TreeView> {
    const { copies, tools } = this.#parts;
    const base = await copies.tree(run, signal, source);
    return new TreeOverlay(base, laid, async (read, folder) =>
      (await tools()).findAgain(read, folder, signal),
    );
  }

  async #question(question: CacheQuestion, signal: AbortSignal): Promise<TaskQuestion> {
    const { agent, agents, terms, rule, namespace, permissions } = question;
    const settings = this.#parts.settings();
    const seesNeeds = agent.runner.kind !== 'model';
    const named = new Set(agent.tools ?? []);
    return {
      run: question.run,
      task: question.task,
      workflow: question.workflow,
      step: question.step,
      agent,
      asTools: Object.values(agents).filter(
        ({ asTool }) => asTool !== undefined && named.has(asTool.name),
      ),
      // What a person chose goes before what is written.
      permissions: permissions ?? terms.permissions,
      bounds: { owns: terms.owns, never: terms.never },
      prompt: question.prompt,
      spoken: { written: question.step.prompt, needs: question.needs },
      env: question.env,
      host: await this.#host(question),
      model: await this.#model(question, signal),
      tools: agent.runner.kind === 'model' ? await this.#toolSet(question) : undefined,
      needs: seesNeeds ? question.needs : [],
      inputs: seesNeeds ? await this.#inputs(question, signal) : undefined,
      rule,
      namespace,
      ttlMs: ttlOf(rule, namespace, settings),
      webTtlMs: Math.min(
        ttlOf(rule, namespace, settings),
        ttlOf({ ttlMs: undefined }, 'web_search', settings),
      ),
      fresh: question.isFresh,
      waitedFor: question.hasWaited,
    };
  }

  async #toolSet({ agent, agents }: CacheQuestion): Promise<Digest> {
    return (await this.#parts.tools()).digestFor(agent, agents);
  }

  async #inputs(question: CacheQuestion, signal: AbortSignal): Promise<TaskQuestion['inputs']> {
    const { inputs: globs } = question.rule;
    const tree = await this.#tree(question, signal);
    const files =
      globs === undefined ? await tree.within('') : await tree.like([...globs, ...LOCK_FILES]);
    return { globs, files };
  }

  /** The one an attempt would ask first. */
  async #model(
    { agent, terms, model: wished }: CacheQuestion,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const names = wished === undefined ? (terms.models ?? modelsOf(agent.runner)) : [wished];
    if (agent.runner.kind !== 'model') {
      return names?.[0];
    }
    const models = await this.#parts.ports.models?.();
    const [first] = (await models?.resolve(names ?? [], signal))?.usable ?? [];
    // What was answered before needs no key.
    return first === undefined ? names?.[0] : modelName(first);
  }

  /** What of the machine may change what a program does: variables it gets, and the program itself. */
  async #host({ agent, env, task }: CacheQuestion): Promise<Readonly<Record<string, string>>> {
    if (agent.runner.kind === 'model') {
      return {};
    }
    // Programs are told which task they work on, and may name files by it.
    const told = { SLUICE_TASK: task, platform: `${process.platform} ${process.arch}` };
    if (agent.runner.kind !== 'command') {
      return told;
    }
    const { folder, ports } = this.#parts;
    const environment = searchEnvironment({ folder, env }, ports.environment);
    const words = Object.entries(environment).filter(
      ([name]) => name === 'LANG' || name.startsWith('LC_'),
    );
    const [name] = agent.runner.command;
    return {
      ...told,
      ...Object.fromEntries(words),
      program: await identityOf(name, folder, environment),
    };
  }

  readonly #embed: Embed = async (model, text, signal) => {
    const models = await this.#parts.ports.models?.();
    if (models === undefined) {
      return err('No language models are known here.');
    }
    this.#redact = (words) => models.redact(words);
    return await models.embed(model, text, signal);
  };
}

/** A task of some run that works on a question. */
class UnderWay {
  readonly run: RunId;
  readonly ended: Promise<void>;
  end: () => void = () => undefined;

  constructor(run: RunId) {
    this.run = run;
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }
}

async function endOf({ ended }: UnderWay, signal: AbortSignal): Promise<void> {
  let stopped: (() => void) | undefined;
  const stop = new Promise<void>((_resolve, reject) => {
    stopped = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stopped, { once: true });
  });
  try {
    signal.throwIfAborted();
    await Promise.race([ended, stop]);
  } finally {
    signal.removeEventListener('abort', stopped ?? (() => undefined));
  }
}

function modelsOf(runner: RunnerSpec): readonly string[] | undefined {
  return runner.kind === 'model' || runner.kind === 'claude-code' ? runner.models : undefined;
}

/** Another version of a program is another file: by its place, its size and when it was written. */
async function identityOf(
  name: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const found = await findProgram(name, folder, environment);
  if (found.kind !== 'found') {
    return found.kind;
  }
  try {
    const file = await fs.realpath(found.file);
    const inside = path.relative(folder, file);
    const isInside = !inside.startsWith('..') && !path.isAbsolute(inside);
    const { size, mtimeMs } = await fs.stat(file);
    // What belongs to the folder itself counts by its content, if it counts.
    return isInside && !inside.startsWith('node_modules')
      ? inside
      : `${isInside ? inside : file} ${size} ${Math.trunc(mtimeMs)}`;
  } catch {
    return 'missing';
  }
}
