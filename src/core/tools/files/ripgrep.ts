import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import * as problems from '../toolProblems.ts';
import {
  LARGEST_SEARCHED,
  shownLine,
  type Found,
  type FoundLine,
  type SearchRequest,
} from './searching.ts';

const bytesOrText = z.union([z.object({ text: z.string() }), z.object({ bytes: z.string() })]);
const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begin'), data: z.object({ path: bytesOrText }) }),
  z.object({
    type: z.enum(['match', 'context']),
    data: z.object({
      lines: bytesOrText,
      line_number: z.int(),
      submatches: z.array(z.object({ start: z.int() })),
    }),
  }),
  z.object({ type: z.enum(['end', 'summary']) }),
]);

/** Characters kept of what it complains about. */
const LONGEST_COMPLAINT = 4000;

/**
 * Searches with ripgrep, whose patterns take time in proportion to the text. It follows no link and reads no
 * settings. `'not-run'`: there is no such program, or it cannot be started.
 * @throws the signal's reason, once the program is gone
 */
export async function searchWithRipgrep(
  program: string,
  request: SearchRequest,
  { clock, marker }: { readonly clock: Clock; readonly marker: string },
  signal: AbortSignal,
): Promise<Result<Found, string> | 'not-run'> {
  signal.throwIfAborted();
  // No variable of the host's: one of them could name a file of settings, which can name a program.
  const child = spawn(program, argumentsFor(request), {
    cwd: request.folder,
    env: { SLUICE_ATTEMPT: marker },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const ended = new Promise<{ readonly code: number | null } | 'not-run'>((resolve) => {
    child.once('error', () => resolve('not-run'));
    child.once('close', (code) => resolve({ code }));
  });
  const found = new FoundSoFar(request.most);
  let stopped: Found['stopped'];
  const stop = (why: Found['stopped']) => {
    stopped ??= why;
    child.kill('SIGKILL');
  };
  const kill = () => stop(undefined);
  signal.addEventListener('abort', kill);
  const timer = clock.timer(request.timeoutMs, () => stop('time'));
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, LONGEST_COMPLAINT);
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (stopped !== 'enough' && found.take(line) === 'enough') {
      stop('enough');
    }
  });
  try {
    const end = await ended;
    signal.throwIfAborted();
    if (end === 'not-run') {
      return 'not-run';
    }
    // 2 is also told when only some file could not be read.
    return end.code === 2 && found.isEmpty && stopped === undefined
      ? err(problems.badPattern(complaint.replace(/^rg: /, '')))
      : ok(found.all(stopped));
  } finally {
    timer.dispose();
    signal.removeEventListener('abort', kill);
    lines.close();
  }
}

function argumentsFor(request: SearchRequest): string[] {
  const { pattern, isLiteral, glob, context, file, isDependency } = request;
  return [
    '--json',
    '--no-config',
    '--no-ignore',
    '--no-messages',
    '--hidden',
    '--crlf',
    '--sort=path',
    `--max-filesize=${LARGEST_SEARCHED}`,
    `--context=${context}`,
    { sensitive: '--case-sensitive', ignore: '--ignore-case', smart: '--smart-case' }[request.case],
    ...(isLiteral ? ['--fixed-strings'] : []),
    ...(glob === undefined ? [] : [`--glob=${glob}`]),
    '--iglob=!.git',
    ...(isDependency ? [] : ['--glob=!node_modules', '--glob=!.venv']),
    `--regexp=${pattern}`,
    '--',
    file === undefined ? '.' : `./${file}`,
  ];
}

/** What ripgrep has told, a JSON text a line. */
class FoundSoFar {
  readonly #files: { readonly path: string; readonly lines: FoundLine[] }[] = [];
  readonly #most: number;
  #matches = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  take(line: string): 'enough' | undefined {
    const parsed = message.safeParse(jsonOf(line));
    if (!parsed.success) {
      return undefined;
    }
    const { data } = parsed;
    switch (data.type) {
      case 'begin':
        this.#files.push({
          path: decoded(data.data.path).replaceAll('\\', '/').replace(/^\.\//, ''),
          lines: [],
        });
        return undefined;
      case 'match':
      case 'context': {
        if (data.type === 'match' && this.#matches === this.#most) {
          return 'enough';
        }
        const { lines, line_number: number, submatches } = data.data;
        this.#matches += data.type === 'match' ? 1 : 0;
        // Offsets are in bytes, which is near enough to choose a part of a long line by.
        const text = shownLine(decoded(lines), submatches[0]?.start ?? 0);
        this.#files.at(-1)?.lines.push({ number, text, isMatch: data.type === 'match' });
        return undefined;
      }
      case 'end':
      case 'summary':
        return undefined;
    }
  }

  all(stopped: Found['stopped']): Found {
    const files = this.#files.filter(({ lines }) => lines.some(({ isMatch }) => isMatch));
    return { files, matches: this.#matches, stopped };
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function decoded(value: z.infer<typeof bytesOrText>): string {
  return 'text' in value ? value.text : Buffer.from(value.bytes, 'base64').toString('utf8');
}
