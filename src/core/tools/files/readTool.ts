import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { err, ok, type Result } from '../../base/result.ts';
import { formatBytes, isBinary } from '../../base/text.ts';
import type { Tool } from '../../domain/tool.ts';
import { beginOf } from '../cutText.ts';
import { FENCE_NOTE, fenced } from '../fenced.ts';
import { ownTool } from '../ownTool.ts';
import type { ToolPlace } from '../parts.ts';
import * as problems from '../toolProblems.ts';
import { placeToRead } from './copyPaths.ts';
import { looksAt } from './looksAt.ts';
import { openFile } from './openFile.ts';

/** In one answer. */
const MOST_LINES = 2000;
const MOST_BYTES = 50 * 1024;
/** UTF-16 units of a line that are shown. */
const LONGEST_LINE = 5000;
const CHUNK_BYTES = 64 * 1024;

const IMAGES = /\.(?:png|jpe?g|gif|webp|bmp|ico|tiff?|avif|heic)$/i;

const schema = z.strictObject({
  path: z.string().min(1).describe('Relative to the root of the workspace, with "/"'),
  offset: z.int().min(1).optional().describe('First line, from 1. Default 1'),
  limit: z.int().min(1).max(MOST_LINES).optional().describe(`Lines. Default ${MOST_LINES}`),
});

export function readTool({ root, marker }: ToolPlace): Tool {
  return ownTool(
    {
      name: 'read',
      description: `Reads a text file of the workspace, at most ${MOST_LINES} lines or ${formatBytes(MOST_BYTES)} a call; says how to go on where there is more. ${FENCE_NOTE}`,
      schema,
      does: 'read',
      summary: (input) => `read ${input.path}`,
      run: async (input, signal, looks) => {
        const place = await placeToRead(root, input.path);
        looks.read(...(await looksAt(root, input.path, place.ok ? place.value.real : undefined)));
        if (!place.ok) {
          return place;
        }
        const opened = await openFile(place.value);
        if (!opened.ok) {
          return opened;
        }
        const { handle, size } = opened.value;
        try {
          const file = place.value.path;
          if (IMAGES.test(file)) {
            return err(problems.isImage(file, size));
          }
          const wanted = { from: input.offset ?? 1, most: input.limit ?? MOST_LINES };
          const part = await readLines(handle, wanted, signal);
          return part === 'binary' ? err(problems.isBinaryFile(file, size)) : told(part, file);
        } finally {
          await handle.close();
        }
      },
    },
    root,
  );

  function told(part: ReadPart, file: string): Result<string, string> {
    const { from, lines, total } = part;
    if (total === 0) {
      return ok(`"${file}" is empty.`);
    }
    if (lines.length === 0) {
      return err(problems.behindTheEnd(file, part.seen));
    }
    const last = from + lines.length - 1;
    const head = `Lines ${from} to ${last}${total === undefined ? '' : ` of ${total}`}.`;
    const rest = total === last ? '' : `\nThere is more: go on with offset ${last + 1}.`;
    return ok(`${head}\n${fenced(lines.join('\n'), file, marker)}${rest}`);
  }
}

interface ReadPart {
  readonly from: number;
  readonly lines: readonly string[];
  /** Lines that were passed, read or not. */
  readonly seen: number;
  /** Lines of the file; `undefined`: it was not read to its end. */
  readonly total: number | undefined;
}

/** Reads no further than it must, and keeps no more of a line than is shown. */
async function readLines(
  handle: FileHandle,
  { from, most }: { readonly from: number; readonly most: number },
  signal: AbortSignal,
): Promise<ReadPart | 'binary'> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: false });
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const lines: string[] = [];
  let bytes = 0;
  let number = 1;
  let line = '';
  let length = 0;
  /** False once no more lines are to be had. */
  const endLine = (): boolean => {
    if (number >= from) {
      const text = length > LONGEST_LINE ? cutLine(line, length) : line.replace(/\r$/, '');
      const size = Buffer.byteLength(text) + 1;
      if (lines.length === most || (lines.length > 0 && bytes + size > MOST_BYTES)) {
        return false;
      }
      lines.push(text);
      bytes += size;
    }
    number += 1;
    line = '';
    length = 0;
    return true;
  };
  const add = (text: string) => {
    length += text.length;
    if (number >= from && line.length <= LONGEST_LINE) {
      line += text;
    }
  };
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, null);
    if (isFirst && isBinary(chunk.subarray(0, bytesRead))) {
      return 'binary';
    }
    const isEnd = bytesRead === 0;
    const text = isEnd
      ? decoder.decode()
      : decoder.decode(chunk.subarray(0, bytesRead), { stream: true });
    let begin = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', begin)) {
      add(text.slice(begin, end));
      if (!endLine()) {
        return { from, lines, seen: number - 1, total: undefined };
      }
      begin = end + 1;
    }
    add(text.slice(begin));
    if (isEnd) {
      // What follows the last line feed is a line only if there is something.
      if (length > 0 && !endLine()) {
        return { from, lines, seen: number - 1, total: undefined };
      }
      return { from, lines, seen: number - 1, total: number - 1 };
    }
  }
}

function cutLine(line: string, length: number): string {
  return `${beginOf(line, LONGEST_LINE)} … (the line has ${length} characters)`;
}
