import { z } from 'zod';
import { ok } from '../../base/result.ts';
import { count, formatBytes } from '../../base/text.ts';
import type { Tool } from '../../domain/tool.ts';
import { ownTool } from '../ownTool.ts';
import type { ToolPlace } from '../parts.ts';
import { pathInside, placeToWrite } from './copyPaths.ts';
import type { FileTurns } from './fileTurns.ts';
import { looksAt } from './looksAt.ts';
import { replaceFile } from './replaceFile.ts';

/** UTF-16 units. */
const LONGEST_CONTENT = 2_000_000;

const schema = z.strictObject({
  path: z.string().min(1).describe('Relative to the root of the workspace, with "/"'),
  content: z.string().max(LONGEST_CONTENT).describe('The whole file'),
});

export function writeTool(place: ToolPlace, turns: FileTurns): Tool {
  return ownTool(
    {
      name: 'write',
      description:
        'Makes a file of the workspace with this content, or replaces the whole file; makes missing folders. To change a part of a file use edit.',
      schema,
      does: 'edit',
      summary: ({ path, content }) => `write ${path} (${count(linesOf(content), 'line')})`,
      run: async ({ path, content }, signal, looks) => {
        const first = await placeToWrite(place, path);
        if (!first.ok) {
          looks.read(...(await looksAt(place.root, path, undefined)));
          return first;
        }
        return turns.take(first.value.real, signal, async () => {
          const target = await placeToWrite(place, path);
          if (!target.ok) {
            return target;
          }
          const written = await replaceFile(target.value, content, place.scratch, signal);
          if (!written.ok) {
            return written;
          }
          looks.wrote(pathInside(place.root, target.value.real) ?? target.value.path);
          // Not whether there was such a file before: that would be a look at it.
          return ok(`Wrote "${target.value.path}" (${formatBytes(Buffer.byteLength(content))}).`);
        });
      },
    },
    place.root,
  );
}

function linesOf(content: string): number {
  return content === '' ? 0 : content.replace(/\n$/, '').split('\n').length;
}
