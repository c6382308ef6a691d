import { oneLine } from '../../base/text.ts';
import type { ToolDeed } from '../../domain/tool.ts';

const DEEDS: Readonly<Record<string, ToolDeed>> = {
  Read: 'read',
  Glob: 'read',
  Grep: 'read',
  LS: 'read',
  NotebookRead: 'read',
  TodoRead: 'read',
  TodoWrite: 'read',
  TaskCreate: 'read',
  TaskUpdate: 'read',
  TaskList: 'read',
  TaskGet: 'read',
  BashOutput: 'read',
  TaskOutput: 'read',
  ToolSearch: 'read',
  // A subagent: what it uses is asked for by itself.
  Task: 'read',
  Agent: 'read',
  Edit: 'edit',
  MultiEdit: 'edit',
  Write: 'edit',
  NotebookEdit: 'edit',
  Bash: 'run',
  PowerShell: 'run',
  KillShell: 'run',
  WebFetch: 'reach',
  WebSearch: 'reach',
};

/** What using one of Claude Code's tools comes to; one that is not known may do anything. */
export function claudeDeed(tool: string): ToolDeed {
  return DEEDS[tool] ?? 'other';
}

/** What of an input tells most in one line. */
const TELLING = [
  'command',
  'file_path',
  'notebook_path',
  'path',
  'pattern',
  'url',
  'query',
  'description',
  'subject',
  'prompt',
];

export function claudeSummary(tool: string, input: unknown): string {
  const fields = typeof input === 'object' && input !== null ? input : {};
  const told = TELLING.flatMap((name) => {
    const value = (fields as Readonly<Record<string, unknown>>)[name];
    return typeof value === 'string' ? [value] : [];
  });
  return oneLine(told[0] === undefined ? tool : `${tool} ${told[0]}`);
}

/** Files an input names. */
export function claudePaths(input: Readonly<Record<string, unknown>>): readonly string[] {
  return ['file_path', 'notebook_path', 'path'].flatMap((name) => {
    const value = input[name];
    return typeof value === 'string' ? [value] : [];
  });
}

/** Sluice's own names of tools in Claude Code's. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  read: ['Read'],
  list: ['Glob'],
  search: ['Grep', 'Glob'],
  edit: ['Edit'],
  write: ['Write'],
  shell: ['Bash'],
  fetch: ['WebFetch'],
};

/**
 * The tools that an agent is to have, by Claude Code's names. Names neither side knows are left out; `undefined`: none
 * is left, or it says nothing, and Claude Code has all of its own.
 */
export function claudeToolNames(
  tools: readonly string[] | undefined,
): readonly string[] | undefined {
  if (tools === undefined || tools.includes('*')) {
    return undefined;
  }
  const names = tools.flatMap(
    (tool) => NAMES[tool] ?? (/^[A-Z][\w]*(?:\(.*\))?$/.test(tool) ? [tool] : []),
  );
  return names.length === 0 ? undefined : [...new Set(names)];
}
