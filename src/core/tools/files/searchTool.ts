import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { digestOfJson, type Digest } from '../../base/digest.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { count } from '../../base/text.ts';
import type { Tool } from '../../domain/tool.ts';
import { FENCE_NOTE, fenced } from '../fenced.ts';
import { WHOLE_TREE, type Looks } from '../looks.ts';
import { ownTool } from '../ownTool.ts';
import type { ToolPlace } from '../parts.ts';
import * as problems from '../toolProblems.ts';
import { placeToAsk, type AskedPlace } from './askedPlace.ts';
import { searchByWalking } from './ownSearch.ts';
import { searchWithRipgrep } from './ripgrep.ts';
import type { Found, SearchRequest } from './searching.ts';
import { fileFilter } from './treeWalk.ts';

/** Matching lines in one answer. */
const MOST_MATCHES = 200;
const TIMEOUT_MS = 20_000;

export const searchInput = z.strictObject({
  pattern: z.string().min(1).max(1000).describe('Regular expression, matched line by line'),
  path: z.string().optional().describe('Folder or file to search. Default: the whole workspace'),
  glob: z
    .string()
    .min(1)
    .optional()
    .describe('Only files like this: "*.ts", "src/**/*.md", "!*.lock"'),
  case: z.enum(['sensitive', 'ignore', 'smart']).optional().describe('Default sensitive'),
  literal: z.boolean().optional().describe('The pattern is plain text. Default false'),
  context: z.int().min(0).max(20).optional().describe('Lines around each match. Default 0'),
});

type SearchInput = z.infer<typeof searchInput>;

export interface SearchParts {
  /** ripgrep, absolute; `undefined`: there is none. */
  readonly ripgrep: () => Promise<string | undefined>;
  readonly clock: Clock;
  /** As in `ToolboxRequest`. */
  readonly marker: string;
}

interface Search {
  readonly asked: AskedPlace;
  readonly all: Found;
  /** The same in every copy of the same tree; `undefined`: it is another the next time, for time ended the search. */
  readonly found: Digest | undefined;
}

export function searchTool(place: ToolPlace, ripgrep: SearchParts['ripgrep']): Tool {
  const { root, marker, clock } = place;
  return ownTool(
    {
      name: 'search',
      description: `Searches the files of the workspace for a pattern; at most ${MOST_MATCHES} matching lines. Matching lines are shown as "12:text", lines around them as "12-text". ${FENCE_NOTE}`,
      schema: searchInput,
      does: 'read',
      summary: (input) => `search ${input.path ?? '.'} for ${input.pattern}`,
      run: async (input, signal, looks) => {
        const search = await searchPlace(root, input, { ripgrep, clock, marker }, signal, looks);
        if (!search.ok) {
          return search;
        }
        const { asked, all, found } = search.value;
        looks.read(...(found === undefined ? [WHOLE_TREE] : asked.readOf('search', input, found)));
        return ok(told(all));
      },
    },
    root,
  );

  function told({ files, matches, stopped }: Found): string {
    const late = `It was ended after ${TIMEOUT_MS / 1000} s: search a part of the workspace.`;
    if (files.length === 0) {
      return stopped === 'time' ? `Nothing was found so far. ${late}` : 'Nothing was found.';
    }
    const parts = files.map(({ path: file, lines }) =>
      [file, ...lines.map((line) => `${line.number}${line.isMatch ? ':' : '-'}${line.text}`)].join(
        '\n',
      ),
    );
    const head = `${count(matches, 'matching line')} in ${count(files.length, 'file')}.`;
    const rest =
      stopped === 'enough'
        ? '\nThere are more: search for something more exact, or in a part of the workspace.'
        : stopped === 'time'
          ? `\n${late}`
          : '';
    return `${head}\n${fenced(parts.join('\n\n'), 'search', marker)}${rest}`;
  }
}

/** Paths of what is found are relative to the root, as they were asked for. @throws the signal's reason */
export async function searchPlace(
  root: string,
  input: SearchInput,
  parts: SearchParts,
  signal: AbortSignal,
  looks: Looks,
): Promise<Result<Search, string>> {
  const glob = fileFilter(input.glob);
  if (!glob.ok) {
    return glob;
  }
  const asked = await placeToAsk(root, input.path ?? '.', looks);
  if (!asked.ok) {
    return asked;
  }
  const { real, isDependency, fileReads } = asked.value;
  const status = await fs.stat(real);
  if (!status.isDirectory() && !status.isFile()) {
    looks.read(...fileReads);
    return err(problems.isNoFile(asked.value.path));
  }
  const isFile = status.isFile();
  const request: SearchRequest = {
    pattern: input.pattern,
    isLiteral: input.literal ?? false,
    case: input.case ?? 'sensitive',
    glob: input.glob,
    context: input.context ?? 0,
    folder: isFile ? path.dirname(real) : real,
    file: isFile ? path.basename(real) : undefined,
    isDependency,
    most: MOST_MATCHES,
    timeoutMs: TIMEOUT_MS,
  };
  const found = await search(request, parts, signal, looks);
  if ((await fs.realpath(real)) !== real) {
    looks.read(...fileReads);
    return err(problems.changedMeanwhile(asked.value.path));
  }
  if (!found.ok) {
    looks.read(...fileReads);
    return found;
  }
  const above = isFile ? path.posix.dirname(asked.value.path) : asked.value.path;
  const files = found.value.files.map((file) => ({
    ...file,
    path: path.posix.join(above, file.path),
  }));
  const all = { ...found.value, files };
  const isWhole = all.stopped !== 'time';
  return ok({ asked: asked.value, all, found: isWhole ? digestOfJson(all) : undefined });
}

async function search(
  request: SearchRequest,
  { ripgrep, clock, marker }: SearchParts,
  signal: AbortSignal,
  looks: Looks,
): Promise<Result<Found, string>> {
  const program = await ripgrep();
  const found =
    program === undefined
      ? 'not-run'
      : await searchWithRipgrep(program, request, { clock, marker }, signal);
  if (found !== 'not-run') {
    return found;
  }
  const walked = await searchByWalking(request, clock, signal);
  if (!walked.ok) {
    // Perhaps a file on which the pattern takes too long.
    looks.read(WHOLE_TREE);
  }
  return walked;
}
