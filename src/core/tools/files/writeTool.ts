import { z } from 'zod';
import { ok } from '../../base/result.ts';
import { count, formatBytes } from '../../base/text.ts';
import type { Tool } from '../../domain/tool.ts';
import { ownTool } from '../ownTool.ts';
import type { ToolPlace } from '../parts.ts';
import { placeToWrite } from './copyPaths.ts';
import type { FileTurns } from './fileTurns.ts';
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
      run: async ({ path, content }, signal) => {
        const first = await placeToWrite(place, path);
        if (!first.ok) {
          return first;
        }
        return turns.take(first.value.real, signal, async () => {
          const target = await placeToWrite(place, path);
          if (!target.ok) {
            return target;
          }
          const { mode } = target.value;
          const written = await replaceFile(target.value, content, place.scratch, signal);
          const size = formatBytes(Buffer.byteLength(content));
          return written.ok
            ? ok(`${mode === undefined ? 'Made' : 'Replaced'} "${target.value.path}" (${size}).`)
            : written;
        });
      },
    },
    place.root,
  );
}

function linesOf(content: string): number {
  return content === '' ? 0 : content.replace(/\n$/, '').split('\n').length;
}
