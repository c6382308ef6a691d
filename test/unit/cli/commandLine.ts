import { main } from '../../../src/cli/main.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import type { TempProject } from '../../support/project.ts';

export interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Keeps what is written to it; a pipe, unless it is told to be a screen. */
export class CapturedTerminal implements Terminal {
  readonly live: boolean;
  readonly colour: boolean;
  readonly width: number;
  written = '';
  problems = '';

  constructor({ live = false, colour = false } = {}) {
    this.live = live;
    this.colour = colour;
    this.width = live ? 80 : Infinity;
  }

  out(text: string | Uint8Array): void {
    this.written += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
  }

  err(text: string): void {
    this.problems += text;
  }
}

/** `sluice …` in the project's folder, within this process. */
export async function sluice(project: TempProject, ...args: readonly string[]): Promise<Told> {
  return await sluiceOn(new CapturedTerminal(), project, ...args);
}

export async function sluiceOn(
  terminal: CapturedTerminal,
  {
    environment,
    folder,
    packs = 'nowhere',
  }: Pick<TempProject, 'environment' | 'folder'> & { readonly packs?: string },
  ...args: readonly string[]
): Promise<Told> {
  const code = await main(args, { terminal, environment, folder, packs });
  return { code, out: terminal.written, err: terminal.problems };
}

/** The objects of `--json`, one a line. */
export function objects(out: string): Record<string, unknown>[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
