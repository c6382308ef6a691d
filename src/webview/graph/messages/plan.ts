import type {
  PlanField,
  PlanPicture,
  PlanProblem,
  PlanRule,
  PlanTest,
  PlanTodo,
} from '../../../core/projections/planPicture.ts';
import {
  isFlag,
  isMaybe,
  isNumber,
  isRecord,
  isText,
  isTexts,
  isWordOf,
  listOf,
} from '../../shared/checks.ts';

const SEVERITIES: Readonly<Record<PlanProblem['severity'], true>> = {
  error: true,
  warning: true,
  info: true,
};
const FIELDS: Readonly<Record<PlanField, true>> = {
  id: true,
  title: true,
  description: true,
  agent: true,
  dependencies: true,
  owns: true,
  never: true,
  tests: true,
  rules: true,
};

/** `undefined` for anything that is not wholly a plan. */
export function readPlan(value: unknown): PlanPicture | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { file, agents, isUnsaved } = value;
  const todos = listOf(value['todos'], readTodo);
  const problems = listOf(value['problems'], readProblem);
  const isWhole =
    isText(file) &&
    isTexts(agents) &&
    isFlag(isUnsaved) &&
    todos !== undefined &&
    problems !== undefined;
  return isWhole ? { file, todos, agents, problems, isUnsaved } : undefined;
}

function readTodo(value: unknown): PlanTodo | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { id, title, description, role, agent, dependencies, parent, owns, never } = value;
  const tests = listOf(value['tests'], readTest);
  const rules = listOf(value['rules'], readRule);
  const problems = listOf(value['problems'], readProblem);
  const isWhole =
    isText(id) &&
    isText(title) &&
    isText(description) &&
    isText(role) &&
    isMaybe(agent, isText) &&
    isTexts(dependencies) &&
    isMaybe(parent, isText) &&
    isTexts(owns) &&
    isTexts(never) &&
    tests !== undefined &&
    rules !== undefined &&
    problems !== undefined;
  return isWhole
    ? {
        id,
        title,
        description,
        role,
        agent,
        dependencies,
        parent,
        owns,
        never,
        tests,
        rules,
        problems,
      }
    : undefined;
}

function readTest(value: unknown): PlanTest | undefined {
  return isRecord(value) && isText(value['cmd']) && isMaybe(value['seconds'], isNumber)
    ? { cmd: value['cmd'], seconds: value['seconds'] }
    : undefined;
}

function readRule(value: unknown): PlanRule | undefined {
  return isRecord(value) && isText(value['type']) && isText(value['command'])
    ? { type: value['type'], command: value['command'] }
    : undefined;
}

function readProblem(value: unknown): PlanProblem | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { severity, message, field } = value;
  const isField = field === undefined || isWordOf(FIELDS, field);
  return isWordOf(SEVERITIES, severity) && isText(message) && isField
    ? { severity, message, field }
    : undefined;
}
