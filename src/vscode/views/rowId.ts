import type { Project } from '../project.ts';

/** No other row of the view has it. */
export function rowId(project: Project, ...parts: readonly string[]): string {
  return JSON.stringify([project.folder.uri.toString(), ...parts]);
}
