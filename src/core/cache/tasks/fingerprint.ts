import { digestOf, digestOfJson, type Digest } from '../../base/digest.ts';
import type { Agent, RunnerSpec } from '../../domain/agent.ts';
import type { Fingerprint, KeyPart, KeyPartName } from '../../domain/cache.ts';
import type { Terms } from '../../domain/terms.ts';
import { effectsOf, termsOf } from '../../domain/workflow.ts';
import { digestOfFiles } from './fileLists.ts';
import {
  AGENT_FIELDS,
  CALLS_FIELDS,
  counted,
  RUNNER_FIELDS,
  sandboxCounted,
  STEP_FIELDS,
  TERMS_FIELDS,
  type Fields,
} from './keyFields.ts';
import type { NeedShown, TaskQuestion } from './taskQuestion.ts';

/** Raised when Sluice makes other results of the same question, or tells questions apart in another way. */
export const CACHE_VERSION = 1;

/**
 * All that decides what a task comes to, as far as it is known before it runs. Where things have no order, the key
 * does not depend on the one they are given in.
 */
export function fingerprintOf(question: TaskQuestion): Fingerprint {
  const { model, tools, prompt, needs, inputs } = question;
  const parts: KeyPart[] = [
    part('engine', digestOfJson({ cache: CACHE_VERSION })),
    part('agent', digestOfJson(agentFacts(question))),
    part('step', digestOfJson(stepFacts(question))),
  ];
  if (model !== undefined) {
    parts.push(part('model', digestOfJson(model)));
  }
  if (tools !== undefined) {
    parts.push(part('tools', tools));
  }
  // As JSON, where also halves of characters differ, which bytes of UTF-8 cannot tell.
  parts.push(part('prompt', digestOfJson(prompt)), ...environment(question));
  for (const need of sortedBy(needs, ({ task }) => task)) {
    parts.push(part('need', digestOfJson(needFacts(need)), need.task));
  }
  if (inputs !== undefined) {
    // By the files that the globs mean, not by the globs: where these mean the same files, they are the same.
    parts.push(part('inputs', digestOfFiles(inputs.files)));
  }
  return { key: keyOf(parts), parts };
}

/** Why the prompt is as it is, as parts that are in no key. */
export function spokenParts({ spoken }: Pick<TaskQuestion, 'spoken'>): readonly KeyPart[] {
  return [
    part('prompt', digestOf(spoken.written)),
    ...spoken.needs.map((need) => part('need', digestOfJson(needFacts(need)), need.task)),
  ];
}

/** Of everything but the words of the prompt. */
export function scopeOf({ parts }: Fingerprint): Digest {
  return keyOf(parts.filter(({ what }) => what !== 'prompt'));
}

function keyOf(parts: readonly KeyPart[]): Digest {
  return digestOf(
    JSON.stringify(parts.map(({ what, name, digest }) => [what, name ?? null, digest])),
  );
}

function part(what: KeyPartName, digest: Digest, name?: string): KeyPart {
  return { what, name, digest };
}

function agentFacts({ agent, asTools, step, model }: TaskQuestion): unknown {
  return {
    ...counted(AGENT_FIELDS, agent),
    runner: runnerFacts(agent.runner),
    outputSchema: step.outputSchema === undefined ? agent.outputSchema : undefined,
    // Where nobody knows which of them will be asked, each of them may be.
    models: model === undefined ? modelsOf(termsOf(step, agent), agent.runner) : undefined,
    asks: sortedBy(asTools, ({ name }) => name).map(askedFacts),
  };
}

/** An agent that is asked as a tool: as its caller sees it, and all that decides what it answers. */
function askedFacts(agent: Agent): unknown {
  return {
    description: agent.description,
    asTool: agent.asTool,
    runner: runnerFacts(agent.runner),
    models: modelsOf(agent.terms, agent.runner),
    outputSchema: agent.outputSchema,
    onOtherModel: agent.terms.calls?.onOtherModel,
  };
}

function runnerFacts(runner: RunnerSpec): unknown {
  return counted(RUNNER_FIELDS[runner.kind] as Fields<RunnerSpec>, runner);
}

function modelsOf(terms: Terms, runner: RunnerSpec): readonly string[] | undefined {
  switch (runner.kind) {
    case 'command':
      return undefined;
    case 'acp':
      return terms.models;
    case 'model':
    case 'claude-code':
      return terms.models ?? runner.models;
  }
}

function stepFacts({ step, agent, bounds, permissions }: TaskQuestion): unknown {
  const terms = termsOf(step, agent);
  return {
    ...counted(STEP_FIELDS, step),
    produces: sortedBy(step.produces, ({ path }) => path),
    checks: step.checks.map(({ command }) => command),
    effects: effectsOf(step, agent),
    owns: bounds.owns && [...bounds.owns].sort(),
    never: [...bounds.never].sort(),
    sandbox: sandboxCounted(terms.sandbox),
    // A command has neither tools to be allowed nor calls to be made.
    ...(agent.runner.kind === 'command'
      ? {}
      : {
          ...counted(TERMS_FIELDS, terms),
          permissions,
          calls: counted(CALLS_FIELDS, terms.calls ?? NO_CALLS),
        }),
  };
}

const NO_CALLS = {
  attempts: undefined,
  maxWaitMs: undefined,
  onOtherModel: undefined,
  maxTurns: undefined,
} as const;

/** One part for each variable and each fact of the machine, so that a miss can name it. */
function environment({ env, host }: TaskQuestion): KeyPart[] {
  const of = (from: 'env' | 'host', record: Readonly<Record<string, string>>) =>
    sortedBy(Object.entries(record), ([name]) => name).map(([name, value]) =>
      part('environment', digestOfJson([from, value]), name),
    );
  return [...of('env', env), ...of('host', host)];
}

/** What a program finds of it under `SLUICE_NEEDS`, but how long it took: that is never twice the same. */
function needFacts({ task: _task, artifacts, ...facts }: NeedShown): unknown {
  return {
    ...facts,
    artifacts: sortedBy(artifacts ?? [], ({ path }) => path).map(({ path, digest, executable }) => [
      path,
      digest,
      executable,
    ]),
  };
}

function sortedBy<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, text: textOf(item) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ item }) => item);
}
