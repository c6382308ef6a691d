import { z } from 'zod';
import { globFault } from '../base/glob.ts';
import * as problems from './problems.ts';
import type { DocumentReader } from './source/shape.ts';
import type { SourcePath } from './source/sourceDocument.ts';

/** A glob of paths in the folder, or several. */
export const globList = z.union([z.string(), z.array(z.string())]);

/** The globs that are written, and every wrong one reported. @param value as `globList` has found it */
export function readGlobs(
  reader: DocumentReader,
  path: SourcePath,
  value: z.output<typeof globList> | undefined,
): readonly string[] | undefined {
  if (value === undefined) {
    return undefined;
  }
  const field = `"${String(path.at(-1))}"`;
  const written = Array.isArray(value)
    ? value.map((glob, index) => ({ glob, at: [...path, index], label: `An item of ${field}` }))
    : [{ glob: value, at: path, label: field }];
  for (const { glob, at, label } of written) {
    const fault = globFault(glob);
    if (fault !== undefined) {
      reader.report(at, problems.wrongValue(label, fault));
    }
  }
  return written.map(({ glob }) => glob);
}
