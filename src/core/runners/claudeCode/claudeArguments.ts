import type { ClaudeCodeSpec } from '../../domain/agent.ts';
import type { RunnerRequest } from '../../domain/runner.ts';
import type { PermissionMode } from '../../domain/terms.ts';
import { claudeToolNames } from './claudeTools.ts';

/** Longest text that is given as an argument: Windows takes 32,767 characters in all, Linux 128 KB for one. */
const LONGEST_ARGUMENT = 12_000;

export interface ClaudeStart {
  readonly args: readonly string[];
  /** What was too long for an argument, to go before the prompt. */
  readonly preface: string;
  /** The model that is asked; `undefined`: Claude Code's own choice. */
  readonly model: string | undefined;
}

/**
 * How `claude` is started for an attempt. Values stand behind `=`, so that none is taken for another option.
 * The settings of the project are left alone: its hooks and servers would run by themselves.
 */
export function claudeStart(spec: ClaudeCodeSpec, request: RunnerRequest): ClaudeStart {
  const { terms, outputSchema, agent } = request;
  const { model: chosen, permissions } = request.wishes();
  const [model, ...fallbacks] = modelsOf(spec, request, chosen);
  const schema = outputSchema === undefined ? undefined : JSON.stringify(outputSchema);
  const args = [
    '-p',
    '--output-format=stream-json',
    '--input-format=stream-json',
    '--verbose',
    '--include-partial-messages',
    // Asks this program, over standard output, before it uses a tool.
    '--permission-prompt-tool=stdio',
    `--permission-mode=${claudeMode(permissions ?? terms.permissions ?? 'default')}`,
    '--setting-sources=user',
    '--strict-mcp-config',
    ...option('model', model),
    ...option('fallback-model', fallbacks.length === 0 ? undefined : fallbacks.join(',')),
    ...option('tools', claudeToolNames(agent.tools)?.join(',')),
    ...option('max-turns', terms.calls?.maxTurns?.toString()),
    ...option('append-system-prompt', short(spec.instructions)),
    ...option('json-schema', short(schema)),
  ];
  const preface = [
    isLong(spec.instructions) ? spec.instructions : '',
    isLong(schema)
      ? `Your last message must be JSON only that satisfies this JSON Schema:\n${schema}`
      : '',
  ];
  return { args, preface: preface.filter((part) => part !== '').join('\n\n'), model };
}

/** Claude Code is to ask, outside of `plan`: Sluice answers by the mode, so each use is in the journal. */
export function claudeMode(mode: PermissionMode): 'plan' | 'default' {
  return mode === 'plan' ? 'plan' : 'default';
}

/** Names as Claude Code knows them: without a provider in front. */
export function claudeModel(name: string): string {
  return name.replace(/^(?:anthropic|claude-code|claude)\//, '');
}

function modelsOf(
  spec: ClaudeCodeSpec,
  { terms }: RunnerRequest,
  chosen: string | undefined,
): readonly string[] {
  const models = chosen === undefined ? (terms.models ?? spec.models) : [chosen];
  return models.map(claudeModel);
}

function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [`--${name}=${value}`];
}

function isLong(text: string | undefined): text is string {
  return text !== undefined && text.length > LONGEST_ARGUMENT;
}

function short(text: string | undefined): string | undefined {
  return isLong(text) ? undefined : text;
}
