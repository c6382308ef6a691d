import fs from 'node:fs/promises';
import { z } from 'zod';
import { err, ok } from '../../base/result.ts';
import type { Tool } from '../../domain/tool.ts';
import { FENCE_NOTE, fenced } from '../fenced.ts';
import { ownTool } from '../ownTool.ts';
import type { ToolPlace } from '../parts.ts';
import * as problems from '../toolProblems.ts';
import { placeToRead } from './copyPaths.ts';
import { fileFilter, walkTree, type WalkedEntry } from './treeWalk.ts';

const MOST_ENTRIES = 1000;
const DEEPEST = 50;
const USUAL_DEPTH = 2;

const schema = z.strictObject({
  path: z
    .string()
    .optional()
    .describe('Folder, relative to the root of the workspace. Default: the root'),
  depth: z
    .int()
    .min(1)
    .max(DEEPEST)
    .optional()
    .describe(`Levels. Default ${USUAL_DEPTH}, with "glob" all`),
  glob: z
    .string()
    .min(1)
    .optional()
    .describe('Only files like this, such as "*.ts" or "src/**/*.md"'),
});

export function listTool({ root, marker }: ToolPlace): Tool {
  return ownTool(
    {
      name: 'list',
      description: `Lists files and folders of the workspace by name; with "glob" the files like it. Folders end with "/", links with "@". At most ${MOST_ENTRIES}. ${FENCE_NOTE}`,
      schema,
      does: 'read',
      summary: (input) =>
        `list ${input.path ?? '.'}${input.glob === undefined ? '' : ` (${input.glob})`}`,
      run: async (input, signal) => {
        const place = await placeToRead(root, input.path ?? '.');
        if (!place.ok) {
          return place;
        }
        const { real, path } = place.value;
        const shown = path === '' ? '.' : path;
        if (!(await fs.stat(real)).isDirectory()) {
          return err(problems.isNoFolder(shown));
        }
        const wanted = fileFilter(input.glob);
        if (!wanted.ok) {
          return wanted;
        }
        const depth = input.depth ?? (input.glob === undefined ? USUAL_DEPTH : DEEPEST);
        const lines: string[] = [];
        let isMore = false;
        for await (const entry of walkTree(real, depth, signal)) {
          const isWanted =
            input.glob === undefined || (entry.kind === 'file' && wanted.value(entry.path));
          if (isWanted && lines.length === MOST_ENTRIES) {
            isMore = true;
            break;
          }
          if (isWanted) {
            lines.push(lineOf(entry, input.glob !== undefined));
          }
        }
        if ((await fs.realpath(real)) !== real) {
          return err(problems.changedMeanwhile(shown));
        }
        if (lines.length === 0) {
          return ok(input.glob === undefined ? `"${shown}" is empty.` : 'No file is like that.');
        }
        const rest = isMore
          ? `\nThere is more than ${MOST_ENTRIES} entries: list a folder of it, or less deep.`
          : '';
        return ok(`${fenced(lines.join('\n'), `list of ${shown}`, marker)}${rest}`);
      },
    },
    root,
  );
}

/** Indented below its folder, or as the whole path. */
function lineOf({ path, kind, isClosed }: WalkedEntry, isWhole: boolean): string {
  const names = path.split('/');
  const mark = kind === 'folder' ? '/' : kind === 'link' ? '@' : '';
  const name = isWhole ? path : `${'  '.repeat(names.length - 1)}${names.at(-1) ?? ''}`;
  const closed = isClosed && (names.at(-1) === 'node_modules' || names.at(-1) === '.venv');
  return `${name}${mark}${closed ? ' (not shown)' : ''}`;
}
