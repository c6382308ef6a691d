import type { Digest } from '../../base/digest.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Read } from '../../domain/trace.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { OUTSIDE, type Looks } from '../looks.ts';
import { placeToRead, type ReadablePlace } from './copyPaths.ts';
import { looksAt, wayTo } from './looksAt.ts';

/** What a question about many files is asked of. */
export interface AskedPlace extends ReadablePlace {
  /** For the model. */
  readonly shown: string;
  /** The look that is told where the place itself is all that was looked at. */
  readonly fileReads: readonly Read[];
  /** The look of the whole question. */
  readOf(tool: 'list' | 'search', input: object, found: Digest): readonly Read[];
}

/** @param looks told what finding the place stands on */
export async function placeToAsk(
  root: string,
  text: string,
  looks: Looks,
): Promise<Result<AskedPlace, string>> {
  const place = await placeToRead(root, text);
  if (!place.ok) {
    looks.read(...(await looksAt(root, text, undefined)));
    return place;
  }
  const { path, real, isDependency } = place.value;
  const { links, end } = await wayTo(root, text, real);
  looks.read(...links.map((link): Read => ({ kind: 'file', path: link })));
  const within = isDependency ? undefined : end;
  return ok({
    ...place.value,
    shown: path === '' ? '.' : path,
    fileReads:
      within === undefined ? [OUTSIDE] : within === '' ? [] : [{ kind: 'file', path: within }],
    readOf: (tool, input, found) =>
      within === undefined
        ? [OUTSIDE]
        : [{ kind: 'asked', tool, input: inAnyCopy(input, path), within, found }],
  });
}

/** A path that names the copy means nothing in another. */
function inAnyCopy(input: object, path: string): JsonValue {
  return JSON.parse(JSON.stringify({ ...input, path: path === '' ? '.' : path })) as JsonValue;
}
