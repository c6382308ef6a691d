import type { SimilarRule } from '../../domain/terms.ts';
import { termsOf } from '../../domain/workflow.ts';
import type { TaskQuestion } from './taskQuestion.ts';

/** Names of tools that change nothing, as Sluice has them. */
const LOOKING = new Set(['read', 'list', 'search', 'fetch']);

/**
 * The rule by which the answer to a similar question will do; `undefined`: only to the same, as for every task that
 * may write something anybody keeps. An agent that names no tools may edit its copy, which is thrown away.
 */
export function similarRuleOf(question: TaskQuestion): SimilarRule | undefined {
  const { agent, step, rule, needs, inputs, permissions } = question;
  const onlyLooks =
    permissions === 'plan' || (agent.tools ?? []).every((name) => LOOKING.has(name));
  const isText =
    agent.runner.kind === 'model' &&
    step.produces.length === 0 &&
    step.checks.length === 0 &&
    termsOf(step, agent).owns === undefined &&
    needs.length === 0 &&
    inputs === undefined;
  return onlyLooks && isText ? rule.similar : undefined;
}
