import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Script } from '../../examples/scripted-model/script.mjs';
import { scriptFault } from '../../examples/scripted-model/script.mjs';
import { FAULT_KINDS } from '../../src/core/domain/debugging.ts';

// A scenario is a file of test/scenarios/data: a project, what is asked, what the scripted model answers, what people
// do, and in which state all of it must end. Nothing in it is code.

const texts = z.record(z.string(), z.string());

/** A file as it must be on a branch; `null`: it is not there any more. */
const branchFiles = z.record(z.string(), z.union([z.string(), z.null()]));

const killSchema = z.strictObject({
  /** Type of an event: the program is killed right after it has written it. */
  at: z.string(),
  /** Of which task or fix. Left out: of any. */
  task: z.string().optional(),
  /** Which of those, counted from 1. */
  nth: z.int().min(1).default(1),
});
export type Kill = z.output<typeof killSchema>;

const afterwardsSchema = z.union([
  /** The workflow is started once more. */
  z.literal('start'),
  z.strictObject({ rerun: z.string(), prompt: z.string().optional() }),
]);

const schema = z.strictObject({
  /** What it shows, a sentence. */
  title: z.string(),
  /** All that is committed in the folder beside agents and workflow. */
  files: texts.default({}),
  /** Further fields of agents, by role. */
  agents: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  /** A workflow as a file has it; or: a request for a plan. */
  workflow: z.record(z.string(), z.unknown()).optional(),
  draft: z.string().optional(),
  /** Of the scripted model. */
  answers: z.array(z.unknown()),
  /** What people answer at gates, by the gate's id; each as often as it is asked. */
  people: z
    .array(
      z.strictObject({
        gate: z.string(),
        decision: z.enum(['approved', 'rejected', 'changes-requested']),
        note: z.string().optional(),
      }),
    )
    .default([]),
  /** What people do each time a run has ended. */
  afterwards: z.array(afterwardsSchema).default([]),
  ends: z.strictObject({
    /** Of the last run. */
    run: z.enum(['succeeded', 'degraded', 'failed', 'cancelled']),
    /** Every task of it. */
    tasks: texts,
    /** Its fixes; the numbers of their ids say in which order they were opened. */
    fixes: z
      .array(
        z.strictObject({
          id: z.string(),
          of: z.string(),
          /** Left out: `of`. */
          parent: z.string().optional(),
          fault: z.enum(FAULT_KINDS),
          /** Left out: a person. */
          to: z.string().optional(),
        }),
      )
      .default([]),
    /** What its branches have beside what was committed, by task; no others may be there. */
    branches: z.record(z.string(), branchFiles).default({}),
    /** Tasks that the cache answered. */
    reused: z.array(z.string()).default([]),
    /** Texts that must stand in prompts, by task or agent: what an agent is told of a failure. */
    told: z.array(z.strictObject({ agent: z.string(), holds: z.string() })).default([]),
    /** The plan that was kept: its todos, and what is wrong with it. */
    plan: z
      .strictObject({ name: z.string(), todos: z.array(z.string()), fault: z.string().optional() })
      .optional(),
    /** Why there is no plan. */
    noPlan: z.string().optional(),
  }),
  /** Where the program is killed in `npm test`. */
  kill: killSchema,
});

export type Scenario = z.output<typeof schema> & {
  readonly name: string;
  readonly script: Script;
};

/** Not where a bundle asks, which has no folder of its own. */
const dataFolder = () => path.join(import.meta.dirname, 'data');

/** All there are, by their files' names in order. */
export function scenarioNames(): readonly string[] {
  return fs
    .readdirSync(dataFolder())
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => path.parse(file).name)
    .sort();
}

export function readScenario(name: string): Scenario {
  return parseScenario(name, readScenarioText(name));
}

export function readScenarioText(name: string): string {
  return fs.readFileSync(path.join(dataFolder(), `${name}.yaml`), 'utf8');
}

/** @throws with what is wrong, and in which scenario */
export function parseScenario(name: string, text: string): Scenario {
  const read = schema.safeParse(parse(text));
  if (!read.success) {
    throw new Error(`${name}: ${z.prettifyError(read.error)}`);
  }
  const script = { 'scripted-model': read.data.title, answers: read.data.answers } as Script;
  const fault = scriptFault(script);
  if (fault !== undefined) {
    throw new Error(`${name}: ${fault}`);
  }
  if ((read.data.workflow === undefined) === (read.data.draft === undefined)) {
    throw new Error(`${name}: it needs either "workflow" or "draft".`);
  }
  return { ...read.data, name, script };
}
