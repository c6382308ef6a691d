import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TempProject } from '../test/support/project.ts';
import { cellFile } from './bundledCell.ts';
import type { RunFigures } from './cacheRunCell.ts';

/**
 * Runs workflows one after another in a program of its own, as after a restart. This one goes on meanwhile: it may be
 * whom the agents ask.
 */
export async function runIn(
  project: TempProject,
  workflows: readonly string[],
  { model = '-', inputs = {} }: { readonly model?: string; readonly inputs?: object } = {},
): Promise<readonly RunFigures[]> {
  const program = spawn(
    process.execPath,
    [cellFile('cacheRunCell'), project.folder, model, JSON.stringify(inputs), ...workflows],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...project.environment },
    },
  );
  const told = { stdout: '', stderr: '' };
  program.stdout.setEncoding('utf8').on('data', (text: string) => (told.stdout += text));
  program.stderr.setEncoding('utf8').on('data', (text: string) => (told.stderr += text));
  const [code] = (await once(program, 'close')) as [number | null];
  if (code !== 0 || told.stderr !== '') {
    throw new Error(`the runs failed: ${told.stderr}`);
  }
  return JSON.parse(told.stdout.trim().split('\n').at(-1) ?? '') as readonly RunFigures[];
}
