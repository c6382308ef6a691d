import type {
  AcpSpec,
  Agent,
  ClaudeCodeSpec,
  CommandSpec,
  ModelSpec,
  RunnerSpec,
} from '../../domain/agent.ts';
import type { CallPolicy } from '../../domain/call.ts';
import type { SandboxRule } from '../../domain/sandbox.ts';
import type { Terms } from '../../domain/terms.ts';
import type { AgentStep } from '../../domain/workflow.ts';

// What of an agent and of a step is in the key, and why. Only what can change a result that was good is in it: what
// decides merely whether, when or at what price there is one would have work done again for nothing. Whoever adds a
// field to one of these types has to decide about it here.

/**
 * `in`: as it is written. `elsewhere`: as what it comes to, in the part or the field that is named. `out`: it changes
 * no good result.
 */
export type Counting = 'in' | 'elsewhere' | 'out';
export type Fields<T> = {
  readonly [Name in keyof T]-?: readonly [counts: Counting, why: string];
};

export const AGENT_FIELDS: Fields<Agent> = {
  name: ['in', 'tells it from others with the same words'],
  description: ['out', 'for people; of an agent that others ask it is in their tools'],
  criticality: ['out', 'how often a call is tried, not what it answers'],
  version: ['out', 'a label: what it stands for is in the other fields'],
  domains: ['out', 'for people'],
  tools: ['in', 'what it can do'],
  runner: ['elsewhere', 'field by field, by its kind'],
  outputSchema: ['elsewhere', "here, unless the step's own goes before it"],
  asTool: ['elsewhere', 'in the agents that ask it'],
  terms: ['elsewhere', "with the step's over them"],
  format: ['out', 'how its file is written'],
  file: ['out', 'where it is written'],
  digest: ['out', 'changes with every blank of the file'],
};

const COMMAND_FIELDS: Fields<CommandSpec> = {
  kind: ['in', 'what runs it'],
  command: ['in', 'what is run'],
  successCodes: ['in', 'what counts as good'],
  env: ['elsewhere', 'part environment, as rendered'],
  install: ['out', 'for people'],
  limits: ['out', 'a good result was made in time'],
  effects: ['elsewhere', "the step's `effects`, as they hold"],
  probe: ['out', 'asked only after a crash'],
  stdin: ['in', 'how it gets its prompt'],
};

const MODEL_FIELDS: Fields<ModelSpec> = {
  kind: ['in', 'what runs it'],
  instructions: ['in', 'what it is told'],
  models: ['elsewhere', 'part model: the one that is asked'],
  mcpServers: ['in', 'who does what its tools are asked for'],
};

const ACP_FIELDS: Fields<AcpSpec> = {
  kind: ['in', 'what runs it'],
  launches: ['in', 'what is run'],
};

const CLAUDE_CODE_FIELDS: Fields<ClaudeCodeSpec> = {
  kind: ['in', 'what runs it'],
  instructions: ['in', 'what it is told'],
  models: ['elsewhere', 'part model: the one that is asked'],
};

export const RUNNER_FIELDS: {
  readonly [Kind in RunnerSpec['kind']]: Fields<Extract<RunnerSpec, { kind: Kind }>>;
} = {
  command: COMMAND_FIELDS,
  model: MODEL_FIELDS,
  acp: ACP_FIELDS,
  'claude-code': CLAUDE_CODE_FIELDS,
};

export const STEP_FIELDS: Fields<AgentStep> = {
  kind: ['out', 'all of them are of agents'],
  id: ['out', 'the same work under another name is the same'],
  needs: ['elsewhere', 'part need, as far as it sees them'],
  condition: ['out', 'whether it runs, not what it does'],
  matrix: ['elsewhere', 'its values stand in prompt, environment and globs'],
  maxParallel: ['out', 'when it runs'],
  metadata: ['out', 'nothing acts on it'],
  agent: ['elsewhere', 'part agent'],
  prompt: ['elsewhere', 'part prompt, as rendered'],
  env: ['elsewhere', 'part environment, as rendered'],
  produces: ['in', 'which files are kept, and their schemas'],
  outputSchema: ['in', 'what the output must be, which a model is told'],
  checks: ['elsewhere', 'their commands; a good result passed them in time'],
  limits: ['out', 'a good result was made in time'],
  retry: ['out', 'whether it is tried again'],
  debug: ['out', 'what becomes of a failure'],
  effects: ['elsewhere', "its own or the agent's, as they hold"],
  terms: ['elsewhere', "field by field, over the agent's"],
};

export const TERMS_FIELDS: Fields<Terms> = {
  owns: ['elsewhere', 'as rendered: what it may write is refused or done'],
  never: ['elsewhere', 'as rendered: what it may write is refused or done'],
  models: ['elsewhere', 'part model: the one that is asked'],
  permissions: ['elsewhere', 'as they hold, once a person has chosen: what it may do unasked'],
  budget: ['out', 'a good result was made within it'],
  cache: ['out', 'how long an answer stands, not what it is'],
  calls: ['elsewhere', 'field by field'],
  sandbox: [
    'elsewhere',
    'field by field, of commands too: made without a network it is another answer',
  ],
};

export const CALLS_FIELDS: Fields<CallPolicy> = {
  attempts: ['out', 'how often a call is tried, not what it answers'],
  maxWaitMs: ['out', 'how long a call waits, not what it answers'],
  onOtherModel: ['in', 'whether the answer of another model counts'],
  maxTurns: ['in', 'how long a conversation may be'],
};

export const SANDBOX_FIELDS: Fields<SandboxRule> = {
  use: ['in', 'what it cannot reach'],
  cpus: ['out', 'how fast it was'],
  memoryBytes: ['out', 'a good result was made within it'],
  diskBytes: ['out', 'a good result was made within it'],
  timeoutMs: ['out', 'a good result was made in time'],
  image: ['in', 'the programs it found'],
};

/** What of a sandbox is in the key; `undefined`: nothing is shut in, whether a rule says so or there is none. */
export function sandboxCounted(rule: SandboxRule | undefined): Partial<SandboxRule> | undefined {
  return rule?.use === true ? counted(SANDBOX_FIELDS, rule) : undefined;
}

/** What of a value is in the key as it is written. */
export function counted<T extends object>(fields: Fields<T>, value: T): Partial<T> {
  const names = Object.keys(fields) as (keyof T)[];
  return Object.fromEntries(
    names.filter((name) => fields[name][0] === 'in').map((name) => [name, value[name]]),
  ) as Partial<T>;
}
