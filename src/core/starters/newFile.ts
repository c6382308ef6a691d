/** An agent or workflow to begin with. */
export interface NewFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly text: string;
  /** What is to be written first, in UTF-16 units of the text: `start` up to, without, `end`. */
  readonly fill: { readonly start: number; readonly end: number };
}

/** @param marked the text, with `«` and `»` around what is to be written first */
export function newFile(path: string, marked: string): NewFile {
  const start = marked.indexOf('«');
  const end = marked.indexOf('»');
  if (start === -1 || end < start) {
    throw new Error(`Internal error: the template of ${path} does not say where to begin`);
  }
  return {
    path,
    text: marked.slice(0, start) + marked.slice(start + 1, end) + marked.slice(end + 1),
    fill: { start, end: end - 1 },
  };
}
