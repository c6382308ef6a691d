import path from 'node:path';
import vm from 'node:vm';
import type { Clock } from '../../base/clock.ts';
import { hasCode } from '../../base/disk.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { isBinary, thrownMessage } from '../../base/text.ts';
import * as problems from '../toolProblems.ts';
import { openFile } from './openFile.ts';
import {
  LARGEST_SEARCHED,
  shownLine,
  type Found,
  type FoundLine,
  type SearchRequest,
} from './searching.ts';
import { fileFilter, walkTree } from './treeWalk.ts';

// The search for machines without ripgrep: the same answers, more slowly. A pattern of JavaScript can take
// for ever on one line, so that it is tried on a few lines at a time, in a context that V8 ends when its time is up.

/** UTF-16 units of lines matched in one go. */
const SLICE = 128 * 1024;
/** For one go; the window's other work waits as long. */
const SLICE_MS = 50;
/** UTF-16 units of a line that are looked at. */
const LONGEST_LINE = 10_000;
const DEEPEST = 100;

/** @throws the signal's reason */
export async function searchByWalking(
  request: SearchRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<Found, string>> {
  const isWanted = fileFilter(request.glob);
  if (!isWanted.ok) {
    return isWanted;
  }
  const pattern = patternOf(request);
  if (!pattern.ok) {
    return pattern;
  }
  const within = timeLimit();
  const deadline = clock.monotonic() + request.timeoutMs;
  const files: { path: string; lines: readonly FoundLine[] }[] = [];
  let matches = 0;
  for await (const file of filesOf(request, signal)) {
    if (clock.monotonic() > deadline) {
      return ok({ files, matches, stopped: 'time' });
    }
    if (!isWanted.value(file)) {
      continue;
    }
    const lines = await linesOf(path.join(request.folder, file), file);
    const most = request.most + 1 - matches;
    const found = await matchesIn(lines, pattern.value, most, within, signal);
    if (found === 'slow') {
      return err(problems.slowPattern(file));
    }
    const isEnough = matches + found.length > request.most;
    const kept = isEnough ? found.slice(0, request.most - matches) : found;
    matches += kept.length;
    if (kept.length > 0) {
      files.push({ path: file, lines: withContext(lines, kept, request.context) });
    }
    if (isEnough) {
      return ok({ files, matches, stopped: 'enough' });
    }
  }
  return ok({ files, matches, stopped: undefined });
}

async function* filesOf(
  { folder, file }: SearchRequest,
  signal: AbortSignal,
): AsyncGenerator<string, undefined> {
  if (file !== undefined) {
    yield file;
    return;
  }
  for await (const entry of walkTree(folder, DEEPEST, signal)) {
    if (entry.kind === 'file') {
      yield entry.path;
    }
  }
}

/** Of what cannot be read, is too large or no text: none. */
async function linesOf(real: string, file: string): Promise<readonly string[]> {
  try {
    const opened = await openFile({ path: file, real });
    if (!opened.ok) {
      return [];
    }
    const { handle, size } = opened.value;
    try {
      const bytes = size > LARGEST_SEARCHED ? Buffer.alloc(0) : await handle.readFile();
      return isBinary(bytes) || bytes.length === 0
        ? []
        : bytes
            .toString('utf8')
            .replace(/\r?\n$/, '')
            .split(/\r?\n/);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'EIO')) {
      return [];
    }
    throw error;
  }
}

interface Match {
  /** Of the line, from 0. */
  readonly index: number;
  /** Where in the line. */
  readonly at: number;
}

async function matchesIn(
  lines: readonly string[],
  pattern: RegExp,
  most: number,
  within: (task: () => void) => boolean,
  signal: AbortSignal,
): Promise<readonly Match[] | 'slow'> {
  const matches: Match[] = [];
  for (let from = 0; from < lines.length && matches.length < most;) {
    signal.throwIfAborted();
    let to = from;
    for (let size = 0; to < lines.length && size < SLICE; to += 1) {
      size += Math.min(LONGEST_LINE, lines[to]?.length ?? 0) + 1;
    }
    const slice = matchSlice(lines.slice(from, to), pattern, within);
    if (slice === 'slow') {
      return 'slow';
    }
    matches.push(...slice.map(({ index, at }) => ({ index: index + from, at })));
    from = to;
    await new Promise(setImmediate);
  }
  return matches.slice(0, most);
}

function matchSlice(
  lines: readonly string[],
  pattern: RegExp,
  within: (task: () => void) => boolean,
): readonly Match[] | 'slow' {
  const matches: Match[] = [];
  const isDone = within(() => {
    for (const [index, line] of lines.entries()) {
      const at = line.slice(0, LONGEST_LINE).search(pattern);
      if (at !== -1) {
        matches.push({ index, at });
      }
    }
  });
  return isDone ? matches : 'slow';
}

/** Does a task and tells whether it came to its end within `SLICE_MS`. Only V8 can end it: a pattern never yields. */
function timeLimit(): (task: () => void) => boolean {
  const script = new vm.Script('task()');
  const context = vm.createContext({ task: () => undefined });
  return (task) => {
    context['task'] = task;
    try {
      script.runInContext(context, { timeout: SLICE_MS });
      return true;
    } catch (error) {
      // Made in that context, it is no `Error` of this one.
      if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
        return false;
      }
      throw error;
    }
  };
}

function withContext(
  lines: readonly string[],
  matches: readonly Match[],
  context: number,
): readonly FoundLine[] {
  const shown = new Map<number, FoundLine>();
  const places = new Map(matches.map(({ index, at }) => [index, at]));
  for (const { index } of matches) {
    const end = Math.min(lines.length - 1, index + context);
    for (let line = Math.max(0, index - context); line <= end; line += 1) {
      const at = places.get(line);
      const text = shownLine(lines[line] ?? '', at ?? 0);
      shown.set(line, { number: line + 1, text, isMatch: at !== undefined });
    }
  }
  return [...shown.values()].sort((a, b) => a.number - b.number);
}

function patternOf(request: SearchRequest): Result<RegExp, string> {
  const { pattern, isLiteral } = request;
  const source = isLiteral ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : pattern;
  const ignoresCase =
    request.case === 'ignore' || (request.case === 'smart' && !/\p{Lu}/u.test(pattern));
  const flags = ignoresCase ? 'i' : '';
  try {
    return ok(new RegExp(source, `${flags}u`));
  } catch {
    try {
      return ok(new RegExp(source, flags));
    } catch (error) {
      return err(problems.badPattern(thrownMessage(error)));
    }
  }
}
