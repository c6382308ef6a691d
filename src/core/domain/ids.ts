import type { Brand } from '../base/brand.ts';

/** `<workflow name as a slug>-<n>`, unique in its repository; also a part of branch names. */
export type RunId = Brand<string, 'RunId'>;
/** A step's key in its workflow. */
export type StepId = Brand<string, 'StepId'>;
/** A step in a run. Equal to the step's id; a matrix step has many. */
export type TaskId = Brand<string, 'TaskId'>;
export type AgentName = Brand<string, 'AgentName'>;
/** Names a Git object: 40 hexadecimal digits, or 64 in a repository that names them by SHA-256. */
export type ObjectId = Brand<string, 'ObjectId'>;

const STEP_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$/;
const RUN_ID = /^[a-z0-9][a-z0-9._-]{0,80}-[1-9][0-9]{0,8}$/;

export const STEP_ID_RULE =
  'letters, digits, ".", "_" and "-", starting with a letter or digit, at most 81 characters, without ".." and not ending in "." or ".lock"';

export function isStepId(text: string): text is StepId {
  // Step ids become parts of branch names; these are Git's rules that the pattern leaves open.
  return (
    STEP_ID.test(text) && !text.includes('..') && !text.endsWith('.') && !text.endsWith('.lock')
  );
}

export function stepId(text: string): StepId {
  if (!isStepId(text)) {
    throw new Error(`Internal error: ${JSON.stringify(text)} is no step id`);
  }
  return text;
}

export function taskIdOf(step: StepId): TaskId {
  return step as string as TaskId;
}

export function isRunId(text: string): text is RunId {
  return RUN_ID.test(text) && !text.includes('..');
}

/** @param number the run's number in its repository, 1 or more */
export function runIdOf(workflowName: string, number: number): RunId {
  const id = `${slug(workflowName)}-${number}`;
  if (!isRunId(id)) {
    throw new Error(`Internal error: ${JSON.stringify(id)} is no run id`);
  }
  return id;
}

export function runNumber(id: RunId): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}

/** Lower-case letters, digits and single dashes, at most 60 characters; `run` when nothing is left. */
export function slug(text: string): string {
  const dashed = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return dashed === '' ? 'run' : dashed;
}

export function agentName(text: string): AgentName {
  return text as AgentName;
}

export function isObjectId(text: string): text is ObjectId {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

export function objectId(text: string): ObjectId {
  if (!isObjectId(text)) {
    throw new Error(`Internal error: ${JSON.stringify(text)} is no Git object id`);
  }
  return text;
}
