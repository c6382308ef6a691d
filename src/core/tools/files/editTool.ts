import { z } from 'zod';
import { err, ok, type Result } from '../../base/result.ts';
import type { Tool } from '../../domain/tool.ts';
import { ownTool } from '../ownTool.ts';
import type { ToolPlace } from '../parts.ts';
import * as problems from '../toolProblems.ts';
import { pathInside, placeToWrite, type WritablePlace } from './copyPaths.ts';
import type { FileTurns } from './fileTurns.ts';
import { looksAt } from './looksAt.ts';
import { openFile } from './openFile.ts';
import { replaceFile } from './replaceFile.ts';
import { replaceText } from './replaceText.ts';

/** Bytes of a file that can be edited. */
const LARGEST = 5 * 1024 * 1024;

const schema = z.strictObject({
  path: z.string().min(1).describe('Relative to the root of the workspace, with "/"'),
  old: z.string().min(1).describe('The text to replace, exactly as it stands in the file'),
  new: z.string().max(2_000_000).describe('The text in its place; may be empty'),
  all: z.boolean().optional().describe('Replace every place where it stands. Default false'),
});

export function editTool(place: ToolPlace, turns: FileTurns): Tool {
  return ownTool(
    {
      name: 'edit',
      description:
        'Replaces a text in a file of the workspace with another. The old text must stand there exactly once, with its white space, unless "all" is true. To make a file use write.',
      schema,
      does: 'edit',
      summary: ({ path }) => `edit ${path}`,
      run: async (input, signal, looks) => {
        if (input.old === input.new) {
          return err(problems.OLD_IS_NEW);
        }
        const first = await placeToWrite(place, input.path);
        looks.read(
          ...(await looksAt(place.root, input.path, first.ok ? first.value.real : undefined)),
        );
        if (!first.ok) {
          return first;
        }
        return turns.take(first.value.real, signal, async () => {
          const target = await placeToWrite(place, input.path);
          if (!target.ok) {
            return target;
          }
          const before = await textOfFile(target.value);
          if (!before.ok) {
            return before;
          }
          const edited = replaceText(before.value, input, target.value.path);
          if (!edited.ok) {
            return edited;
          }
          const { text, told } = edited.value;
          const written = await replaceFile(target.value, text, place.scratch, signal);
          if (!written.ok) {
            return written;
          }
          looks.wrote(pathInside(place.root, target.value.real) ?? target.value.path);
          return ok(told);
        });
      },
    },
    place.root,
  );
}

async function textOfFile(place: WritablePlace): Promise<Result<string, string>> {
  if (place.mode === undefined) {
    return err(problems.notThere(place.path, []));
  }
  const opened = await openFile(place);
  if (!opened.ok) {
    return opened;
  }
  const { handle, size } = opened.value;
  try {
    if (size > LARGEST) {
      return err(problems.isTooLarge(place.path, size, LARGEST));
    }
    const text = decoded(await handle.readFile());
    return text === undefined ? err(problems.isNotUtf8(place.path)) : ok(text);
  } finally {
    await handle.close();
  }
}

/** With its byte order mark; `undefined` where it would not come back as the same bytes. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
