import {
  discover,
  isThere,
  WORKFLOW_FOLDER,
  type DefinitionFolder,
  type Discovery,
} from './discovery.ts';

// Where workflows stand, in order of precedence: Sluice's own, todo lists, other tools' configuration.

/** Files in it are todo lists, whatever they look like. */
export const TODO_FOLDER: DefinitionFolder = { ...WORKFLOW_FOLDER, path: '.sluice/todos' };

export const CLAUDE_JSON = '.claude/claude.json';

/**
 * Finds the files that hold workflows.
 * @param folder absolute
 * @throws the signal's reason once it aborts
 */
export async function discoverWorkflows(
  folder: string,
  signal: AbortSignal,
): Promise<Omit<Discovery, 'root'>> {
  const found = await Promise.all(
    [WORKFLOW_FOLDER, TODO_FOLDER].map((wanted) => discover(folder, wanted, signal)),
  );
  return {
    files: [
      ...found.flatMap(({ files }) => files),
      ...(isThere(folder, CLAUDE_JSON) ? [CLAUDE_JSON] : []),
    ],
    diagnostics: found.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** @param file relative to the folder or absolute */
export function isClaudeJson(file: string): boolean {
  return `/${file.replaceAll('\\', '/')}`.endsWith(`/${CLAUDE_JSON}`);
}

/** @param file relative to the folder or absolute */
export function isTodoFile(file: string): boolean {
  return `/${file.replaceAll('\\', '/')}`.includes(`/${TODO_FOLDER.path}/`);
}
