import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '../../base/result.ts';
import { count } from '../../base/text.ts';
import type { Tool } from '../../domain/tool.ts';
import { FENCE_NOTE, fenced } from '../fenced.ts';
import { ownTool } from '../ownTool.ts';
import type { ToolPlace } from '../parts.ts';
import * as problems from '../toolProblems.ts';
import { placeToRead } from './copyPaths.ts';
import { searchByWalking } from './ownSearch.ts';
import { searchWithRipgrep } from './ripgrep.ts';
import type { Found, SearchRequest } from './searching.ts';
import { fileFilter } from './treeWalk.ts';

/** Matching lines in one answer. */
const MOST_MATCHES = 200;
const TIMEOUT_MS = 20_000;

const schema = z.strictObject({
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

/** @param ripgrep the program, absolute; `undefined`: there is none */
export function searchTool(place: ToolPlace, ripgrep: () => Promise<string | undefined>): Tool {
  const { root, marker, clock } = place;
  return ownTool(
    {
      name: 'search',
      description: `Searches the files of the workspace for a pattern; at most ${MOST_MATCHES} matching lines. Matching lines are shown as "12:text", lines around them as "12-text". ${FENCE_NOTE}`,
      schema,
      does: 'read',
      summary: (input) => `search ${input.path ?? '.'} for ${input.pattern}`,
      run: async (input, signal) => {
        const readable = await placeToRead(root, input.path ?? '.');
        if (!readable.ok) {
          return readable;
        }
        const glob = fileFilter(input.glob);
        if (!glob.ok) {
          return glob;
        }
        const { real, isDependency } = readable.value;
        const status = await fs.stat(real);
        if (!status.isDirectory() && !status.isFile()) {
          return err(problems.isNoFile(readable.value.path));
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
        const found = await search(request, signal);
        if ((await fs.realpath(real)) !== real) {
          return err(problems.changedMeanwhile(readable.value.path));
        }
        const asked = readable.value.path;
        const above = isFile ? path.posix.dirname(asked) : asked;
        return found.ok ? ok(told(found.value, above === '.' ? '' : above)) : found;
      },
    },
    root,
  );

  async function search(
    request: SearchRequest,
    signal: AbortSignal,
  ): Promise<Result<Found, string>> {
    const program = await ripgrep();
    const found =
      program === undefined
        ? 'not-run'
        : await searchWithRipgrep(program, request, { clock, marker }, signal);
    return found === 'not-run' ? searchByWalking(request, clock, signal) : found;
  }

  /** @param folder what the paths are relative to, as it was asked for */
  function told({ files, matches, stopped }: Found, folder: string): string {
    const late = `It was ended after ${TIMEOUT_MS / 1000} s: search a part of the workspace.`;
    if (files.length === 0) {
      return stopped === 'time' ? `Nothing was found so far. ${late}` : 'Nothing was found.';
    }
    const parts = files.map(({ path: file, lines }) =>
      [
        path.posix.join(folder, file),
        ...lines.map((line) => `${line.number}${line.isMatch ? ':' : '-'}${line.text}`),
      ].join('\n'),
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
