import fs from 'node:fs/promises';
import { z } from 'zod';
import { digestOfJson, type Digest } from '../../base/digest.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Tool } from '../../domain/tool.ts';
import { FENCE_NOTE, fenced } from '../fenced.ts';
import type { Looks } from '../looks.ts';
import { ownTool } from '../ownTool.ts';
import type { ToolPlace } from '../parts.ts';
import * as problems from '../toolProblems.ts';
import { placeToAsk, type AskedPlace } from './askedPlace.ts';
import { isDependencyName } from './copyPaths.ts';
import { fileFilter, walkTree, type WalkedEntry } from './treeWalk.ts';

/** Folders of dependencies, which are laid into copies, are not counted. */
const MOST_ENTRIES = 1000;
const DEEPEST = 50;
const USUAL_DEPTH = 2;

export const listInput = z.strictObject({
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

type ListInput = z.infer<typeof listInput>;

interface Listing {
  readonly asked: AskedPlace;
  readonly lines: readonly string[];
  /** There are more than are listed. */
  readonly isMore: boolean;
  /** The same in every copy of the same tree. */
  readonly found: Digest;
}

export function listTool({ root, marker }: ToolPlace): Tool {
  return ownTool(
    {
      name: 'list',
      description: `Lists files and folders of the workspace by name; with "glob" the files like it. Folders end with "/", links with "@". At most ${MOST_ENTRIES}. ${FENCE_NOTE}`,
      schema: listInput,
      does: 'read',
      summary: (input) =>
        `list ${input.path ?? '.'}${input.glob === undefined ? '' : ` (${input.glob})`}`,
      run: async (input, signal, looks) => {
        const listing = await listFolder(root, input, signal, looks);
        if (!listing.ok) {
          return listing;
        }
        const { asked, lines, isMore, found } = listing.value;
        looks.read(...asked.readOf('list', input, found));
        if (lines.length === 0) {
          return ok(
            input.glob === undefined ? `"${asked.shown}" is empty.` : 'No file is like that.',
          );
        }
        const rest = isMore
          ? `\nThere is more than ${MOST_ENTRIES} entries: list a folder of it, or less deep.`
          : '';
        return ok(`${fenced(lines.join('\n'), `list of ${asked.shown}`, marker)}${rest}`);
      },
    },
    root,
  );
}

/** @throws what the disk throws, or the signal's reason */
export async function listFolder(
  root: string,
  input: ListInput,
  signal: AbortSignal,
  looks: Looks,
): Promise<Result<Listing, string>> {
  const wanted = fileFilter(input.glob);
  if (!wanted.ok) {
    return wanted;
  }
  const asked = await placeToAsk(root, input.path ?? '.', looks);
  if (!asked.ok) {
    return asked;
  }
  const { real, shown } = asked.value;
  if (!(await fs.stat(real)).isDirectory()) {
    looks.read(...asked.value.fileReads);
    return err(problems.isNoFolder(shown));
  }
  const depth = input.depth ?? (input.glob === undefined ? USUAL_DEPTH : DEEPEST);
  const lines: string[] = [];
  const inTree: string[] = [];
  let isMore = false;
  for await (const entry of walkTree(real, depth, signal)) {
    if (input.glob !== undefined && (entry.kind !== 'file' || !wanted.value(entry.path))) {
      continue;
    }
    const line = lineOf(entry, input.glob !== undefined);
    if (!isLaidIn(entry)) {
      isMore = inTree.length === MOST_ENTRIES;
      if (isMore) {
        break;
      }
      inTree.push(line);
    }
    lines.push(line);
  }
  if ((await fs.realpath(real)) !== real) {
    looks.read(...asked.value.fileReads);
    return err(problems.changedMeanwhile(shown));
  }
  return ok({ asked: asked.value, lines, isMore, found: digestOfJson({ lines: inTree, isMore }) });
}

/** A copy has the user's folders of dependencies, its tree does not. */
function isLaidIn({ path, kind }: WalkedEntry): boolean {
  return kind !== 'file' && isDependencyName(path.slice(path.lastIndexOf('/') + 1));
}

/** Indented below its folder, or as the whole path. */
function lineOf({ path, kind, isClosed }: WalkedEntry, isWhole: boolean): string {
  const names = path.split('/');
  const mark = kind === 'folder' ? '/' : kind === 'link' ? '@' : '';
  const name = isWhole ? path : `${'  '.repeat(names.length - 1)}${names.at(-1) ?? ''}`;
  const closed = isClosed && isDependencyName(names.at(-1) ?? '');
  return `${name}${mark}${closed ? ' (not shown)' : ''}`;
}
