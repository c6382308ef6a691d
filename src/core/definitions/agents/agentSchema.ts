import { z } from 'zod';
import { acpShape } from './acpSchema.ts';
import { outputSchemaField, toolField } from './declaredSchemas.ts';
import { mcpServersField } from './readMcpServers.ts';
import { commandHint, probeSchema } from '../commandSchema.ts';
import { duration, effects, environment, text, textOrList, wholeNumber } from '../commonSchema.ts';
import { termsShape } from '../terms.ts';

// Files under .sluice/agents, and what is read of agent files that other tools own.

/** What only Sluice knows of an agent, whoever owns its file. */
export const rankShape = {
  criticality: wholeNumber(1, 10)
    .optional()
    .describe('How much depends on it, 1 to 10; 8 and more is critical. Left out: 5.'),
  version: text.optional().describe('Version of the agent, kept with everything it makes.'),
  domains: textOrList.optional().describe('What it knows about, for finding it.'),
};

const describedBy = {
  name: text
    .optional()
    .describe('What workflows call the agent. Left out: the name of the file without its ending.'),
  description: text.optional().describe('What the agent does, for people and for choosing it.'),
  ...rankShape,
  ...termsShape,
  'output-schema': outputSchemaField,
  tools: textOrList
    .optional()
    .describe(
      "Tools it may use, as a list or separated by commas. Left out: the runner's default.",
    ),
};

export const model = textOrList
  .optional()
  .describe("Language model, or several in order of preference. Left out: the user's own choice.");

/** What only an agent that is a model may say. */
const modelShape = { tool: toolField, 'mcp-servers': mcpServersField };

function runner<Kind extends string>(...kinds: readonly [Kind, ...Kind[]]) {
  return z
    .enum(kinds, { error: 'must be "command", "model" or "claude-code"' })
    .optional()
    .describe('What executes the agent. Left out: told from the other fields.');
}

/** Who executes an agent that is instructions for a model. */
const instructed = runner('model', 'claude-code');

/** How a program is run. */
export const commandShape = {
  command: z
    .array(text, {
      error: ({ input }) =>
        input === undefined
          ? 'is missing: an agent has either "command" (a program and its arguments) or "instructions" (for a language model)'
          : typeof input === 'string'
            ? commandHint(input)
            : undefined,
    })
    .min(1, { error: 'must name a program' })
    .describe('The program and its arguments, one each; no shell reads them.'),
  'success-codes': z
    .array(wholeNumber(0, 0xffffffff))
    .min(1, { error: 'must hold at least one exit code' })
    .optional()
    .describe('Exit codes that mean the work was done. Left out: [0].'),
  env: environment
    .optional()
    .describe('Environment variables of the program; values may hold ${{ … }}.'),
  install: text
    .optional()
    .describe('What a person does when the program is not there, e.g. npm install.'),
  timeout: duration.optional().describe('Longest run, e.g. 30s, 5m, 2h. Left out: 10m.'),
  'idle-timeout': duration
    .optional()
    .describe('Longest time without any output. Left out: silence is no reason to stop.'),
  grace: duration.optional().describe('From the request to end to the order to. Left out: 5s.'),
  effects: effects
    .optional()
    .describe('"external": it changes more than its workspace copy. Left out: "copy".'),
  probe: probeSchema
    .optional()
    .describe(
      'Tells after a crash whether an external effect has happened: exits with 0 if it has, 1 if not. At most 1m unless it says "timeout".',
    ),
  stdin: z
    .enum(['prompt', 'messages'])
    .optional()
    .describe(
      '"messages": standard input stays open after the prompt, for what a person says. Left out: "prompt".',
    ),
};

/** An agent that is a program: a linter, a type checker, a test runner. */
export const commandAgentSchema = z
  .strictObject({ ...describedBy, runner: runner('command'), ...commandShape })
  .meta({ title: 'Command agent' });

/** An agent that is a language model with a system prompt. */
export const modelAgentSchema = z
  .strictObject({
    ...describedBy,
    runner: instructed,
    instructions: z
      .string()
      .regex(/\S/, { error: 'must not be empty' })
      .describe('The system prompt.'),
    model,
    ...modelShape,
  })
  .meta({ title: 'Model agent' });

/** An entry of a registry of agents that speak the Agent Client Protocol, as it stands there. */
export const acpAgentSchema = z
  .looseObject({
    ...acpShape,
    ...rankShape,
    ...termsShape,
    'output-schema': outputSchemaField,
  })
  .meta({ title: 'Entry of an ACP registry' });

export const agentFileSchema = z
  .union([commandAgentSchema, modelAgentSchema, acpAgentSchema])
  .meta({
    title: 'Sluice agent',
    description: 'A file in .sluice/agents: one agent that workflows can use.',
  });

/** Front matter of `.sluice/agents/*.md`; the text below it is the instructions. */
export const markdownAgentSchema = z.strictObject({
  ...describedBy,
  runner: instructed,
  model,
  ...modelShape,
});

/** What Sluice reads of front matter that VS Code or Claude Code own; everything else in it is theirs. */
export const foreignAgentSchema = z.object({
  name: text.optional(),
  description: text.optional(),
  tools: textOrList.optional(),
  model: textOrList.optional(),
  disallowedTools: textOrList.optional(),
});

/** Fields of the other tools, so that a file copied into .sluice/agents stays free of complaints. */
export const FOREIGN_FIELDS: ReadonlySet<string> = new Set([
  // VS Code
  ...['argument-hint', 'agents', 'user-invocable', 'disable-model-invocation', 'infer', 'target'],
  ...['mcp-servers', 'handoffs', 'hooks', 'reasoning-effort', 'github', 'advancedOptions'],
  // Claude Code
  ...['disallowedTools', 'permissionMode', 'maxTurns', 'skills', 'mcpServers', 'memory'],
  ...['background', 'effort', 'isolation', 'color', 'initialPrompt'],
]);
