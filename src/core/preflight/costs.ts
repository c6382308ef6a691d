import type { Agent } from '../domain/agent.ts';
import { DEFAULT_MAX_TURNS } from '../domain/call.ts';
import type { Budget } from '../domain/terms.ts';
import { termsOf, type AgentStep, type PlannedTask } from '../domain/workflow.ts';
import type { Facts, ModelPrice } from './facts.ts';
import { firstModel } from './models.ts';
import type { Cost, StepReport, TotalCost } from './report.ts';

// What models cost. What is known of the past goes before what the size of a prompt lets one guess.

/** Of most languages, in most models. */
const BYTES_PER_TOKEN = 4;
/** Of an answer, in tokens. */
const SHORT_ANSWER = 100;
const LONG_ANSWER = 4000;
/** Of the output of an earlier step that a prompt names, in tokens. */
const LONG_INPUT = 4000;
/** How much a conversation grows with each use of tools, in tokens. */
const LONG_TURN = 4000;
/** Answers in a long conversation with tools. */
const MANY_TURNS = 15;

/** What one task of the step costs. */
export function costOf(task: PlannedTask, agent: Agent | undefined, facts: Facts): Cost {
  const { step } = task;
  if (step.kind === 'gate' || agent === undefined || agent.runner.kind === 'command') {
    return { kind: 'none' };
  }
  const most = termsOf(step, agent).budget;
  const past = facts.pastCostOf(task);
  if (past !== undefined) {
    return { kind: 'past', ...past, most };
  }
  const model = firstModel(step, agent, facts);
  if (model === undefined) {
    return { kind: 'unknown', most };
  }
  return model.price === undefined
    ? { kind: 'unpriced', model: model.name, most }
    : { kind: 'guess', model: model.name, ...guess(step, agent, model.price), most };
}

/** From one short answer to a long conversation, where it has tools. */
function guess(
  step: AgentStep,
  agent: Agent,
  { input, output }: ModelPrice,
): { readonly leastUsd: number; readonly mostUsd: number } {
  const { runner, tools } = agent;
  const instructions = runner.kind === 'model' ? runner.instructions : '';
  const known = Buffer.byteLength(instructions) + Buffer.byteLength(step.prompt);
  const least = Math.ceil(known / BYTES_PER_TOKEN);
  const outputs = step.prompt.match(/\$\{\{\s*steps\./g)?.length ?? 0;
  const most = least + outputs * LONG_INPUT;
  const allowed = termsOf(step, agent).calls?.maxTurns ?? DEFAULT_MAX_TURNS;
  const turns = tools?.length === 0 ? 1 : Math.min(allowed, MANY_TURNS);
  const usd = (read: number, written: number) => (read * input + written * output) / 1_000_000;
  return {
    leastUsd: usd(least, SHORT_ANSWER),
    mostUsd: usd(most * turns + (LONG_TURN * turns * (turns - 1)) / 2, LONG_ANSWER * turns),
  };
}

/** What all tasks cost together. @param most the workflow's budget */
export function totalCost(steps: readonly StepReport[], most: Budget | undefined): TotalCost {
  const asking = steps.filter(({ cost }) => cost.kind !== 'none');
  if (asking.length === 0) {
    return { kind: 'none' };
  }
  let [leastUsd, mostUsd, unpricedTasks, unknownTasks, pricedTasks] = [0, 0, 0, 0, 0];
  for (const { cost, tasks, lanes } of asking) {
    if (cost.kind === 'unpriced') {
      unpricedTasks += tasks;
    } else if (cost.kind === 'past' || cost.kind === 'guess') {
      if (lanes.kind === 'later') {
        // One task stands for lanes that nobody can count yet.
        unknownTasks += tasks;
      } else {
        leastUsd += cost.leastUsd * tasks;
        mostUsd += cost.mostUsd * tasks;
        pricedTasks += tasks;
      }
    } else {
      unknownTasks += tasks;
    }
  }
  return {
    kind: 'sum',
    usd: pricedTasks === 0 ? undefined : { leastUsd, mostUsd },
    isGuess: asking.some(({ cost }) => cost.kind === 'guess'),
    unpricedTasks,
    unknownTasks,
    most,
  };
}
