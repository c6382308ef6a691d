import type { AgentFormat } from '../domain/agent.ts';
import type { JsonSchema } from './schemaFacts.ts';

// The fields of agent files as the tools that own them know them.

const text = (description: string): JsonSchema => ({ type: 'string', description });
const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
const words = (description: string): JsonSchema => ({ type: ['string', 'array'], description });
const list = (description: string): JsonSchema => ({ type: 'array', description });
const map = (description: string): JsonSchema => ({ type: 'object', description });
const choice = (description: string, ...values: readonly string[]): JsonSchema => ({
  enum: values,
  description,
});

const VSCODE_AGENT: JsonSchema = {
  title: 'VS Code agent',
  type: 'object',
  properties: {
    name: text('Name of the agent. Left out: the name of the file.'),
    description: text('What the agent is for; shown in the chat input and used to choose it.'),
    'argument-hint': text('Hint in the chat input.'),
    tools: words("Tools, tool sets and an MCP server's tools (<server>/*) it may use."),
    agents: words('Agents it may hand work to; * is all of them, [] none.'),
    model: words('Language model, or several in order of preference.'),
    'user-invocable': flag('False: people do not see it, other agents may call it.'),
    'disable-model-invocation': flag('True: no other agent may call it.'),
    target: choice('Where the agent works.', 'vscode', 'github-copilot'),
    'mcp-servers': {
      type: ['array', 'object'],
      description: 'MCP servers by name, with their settings.',
    },
    handoffs: {
      ...list('Next steps, shown as buttons.'),
      items: {
        title: 'Handoff',
        type: 'object',
        properties: {
          label: text('Text of the button.'),
          agent: text('The agent that goes on.'),
          prompt: text('What is put into the chat input.'),
          send: flag('True: the prompt is sent with the click.'),
          model: text('Language model for it.'),
        },
        required: ['label', 'agent'],
      },
    },
    hooks: map('Commands that run while the agent does.'),
  },
};

const CLAUDE_AGENT: JsonSchema = {
  title: 'Claude Code agent',
  type: 'object',
  required: ['name', 'description'],
  properties: {
    name: text('Name of the agent: lower-case letters and hyphens.'),
    description: text('When work is to be handed to the agent.'),
    tools: words('Tools it may use, with commas between them. Left out: all.'),
    disallowedTools: words('Tools it may not use.'),
    model: {
      ...choice('Language model. Left out: inherit.', 'inherit', 'sonnet', 'opus', 'haiku'),
      type: 'string',
    },
    permissionMode: choice(
      'How freely it uses its tools.',
      ...['default', 'acceptEdits', 'auto', 'dontAsk', 'bypassPermissions', 'plan'],
    ),
    maxTurns: { type: 'integer', description: 'Turns it may take at most.' },
    skills: words('Skills whose text it is given at its start.'),
    mcpServers: list('MCP servers, by name or with their settings.'),
    hooks: map('Commands that run while the agent does.'),
    memory: choice('Where it keeps what it learns.', 'user', 'project', 'local'),
    background: flag('True: it works in the background.'),
    effort: choice('How much it thinks.', 'low', 'medium', 'high', 'max'),
    isolation: choice('Where it works.', 'worktree'),
    color: text('Its colour in the interface.'),
    initialPrompt: text('First message where it is the main agent.'),
  },
};

/** Of the front matter of other tools' agents; `undefined`: the format is our own, or has none. */
export function frontMatterSchema(format: AgentFormat): JsonSchema | undefined {
  switch (format) {
    case 'vscode':
      return VSCODE_AGENT;
    case 'claude':
      return CLAUDE_AGENT;
    case 'sluice':
    case 'claude-json':
    case 'acp':
      return undefined;
  }
}
